package io.culvert.gateway.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Between two files; and what of that is only about files. */
final class FileMigrationTest extends MigrationContract {

    @Override
    StorePlace.InFile one() {
        return new StorePlace.InFile(directory.resolve("one"));
    }

    @Override
    StorePlace.InFile two() {
        return new StorePlace.InFile(directory.resolve("two"));
    }

    @Test
    void aSiteOfSeveralGatewaysIsNotMovedIntoAFile() throws Exception {
        claim(one(), "j1");
        var several = new Migration(new Migration.Owner("seoul", Set.of(2, 3), memory()), true, CLOCK, step -> {});
        assertThatThrownBy(() -> several.move(one(), two()))
                .isInstanceOf(RefusedMigrationException.class)
                .hasMessageContaining("seoul/2, seoul/3")
                .hasMessageContaining("one gateway only");
        assertThat(two().directory()).doesNotExist();
    }

    @Test
    void aMarkThatIsTornIsNone() throws Exception {
        claim(one(), "j1");
        Path log = one().directory().resolve(EmbeddedCheckpointStore.LOG_NAME);
        byte[] whole = Files.readAllBytes(log);
        move(one(), two());
        byte[] left = Files.readAllBytes(log);
        for (int length = whole.length; length < left.length; length += 11) {
            Files.write(log, java.util.Arrays.copyOf(left, length));
            try (CheckpointStore store = open(one())) {
                assertThat(store.read("j1")).isPresent();
            }
        }
        Files.write(log, left);
        assertMarked(one(), "were moved to the file " + two().directory());
    }

    @Test
    void theEpochIsAboveWhatTheGatewaySawOfAnyEtcd() throws Exception {
        claim(one(), "j1");
        Files.writeString(memory(), "culvert-etcd-seen 2 1f 900 99999999999\n");
        assertThat(move(one(), two()).epoch()).isEqualTo(100_000_000_000L);
        assertThat(claim(two(), "j1").epoch()).isEqualTo(100_000_000_000L);
    }
}
