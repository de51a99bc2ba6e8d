package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a crash leaves of a state directory in the making, and what the next command makes of it. */
class StateDraftTest {
    @TempDir
    Path directory;

    private void fill(StateDraft draft) throws IOException {
        Files.createDirectories(draft.directory().resolve("identity/invites"));
        Files.createFile(draft.directory().resolve("identity/authority.key"));
        Files.createDirectories(draft.directory().resolve("peers"));
        draft.writeSiteFile("site: seoul\n".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void allPartsAppearAndTheDraftGoes() throws IOException {
        try (StateDraft draft = StateDraft.begin(directory)) {
            fill(draft);
            draft.complete();
            draft.publish();
        }

        assertThat(directory).isDirectoryContaining("glob:**/identity").isDirectoryContaining("glob:**/peers");
        assertThat(directory.resolve(StateDraft.DIRECTORY)).doesNotExist();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("site.yaml"))))
                .isEqualTo("rw-r-----");
    }

    @Test
    void aDraftThatIsNotWholeIsDiscardedByTheNext() throws IOException {
        try (StateDraft draft = StateDraft.begin(directory)) {
            fill(draft);
        }

        try (StateDraft next = StateDraft.begin(directory)) {
            assertThat(next.isWhole()).isFalse();
            assertThat(next.directory().resolve("identity")).doesNotExist();
            assertThatThrownBy(next::publish).isInstanceOf(IllegalStateException.class);
        }
        assertThat(directory.resolve("identity")).doesNotExist();
    }

    @Test
    void aWholeDraftIsFinishedWhereverItWasBrokenOff() throws IOException {
        try (StateDraft draft = StateDraft.begin(directory)) {
            fill(draft);
            draft.complete();
        }
        Files.move(directory.resolve(".joining/peers"), directory.resolve("peers"));

        try (StateDraft next = StateDraft.begin(directory)) {
            assertThat(next.isWhole()).isTrue();
            next.publish();
        }
        assertThat(directory.resolve("identity/authority.key")).exists();
        assertThat(directory.resolve(StateDraft.DIRECTORY)).doesNotExist();
    }

    @Test
    void twoAtOnceExcludeEachOther() throws IOException {
        try (StateDraft first = StateDraft.begin(directory)) {
            assertThatThrownBy(() -> StateDraft.begin(directory)).hasMessageContaining("just now");
            assertThat(first.directory()).exists();
        }
        StateDraft.begin(directory).close();
    }

    @Test
    void nothingThatAppearedMeanwhileIsWrittenOver() throws IOException {
        try (StateDraft draft = StateDraft.begin(directory)) {
            fill(draft);
            draft.complete();
            Path own = Files.writeString(directory.resolve("site.yaml"), "mine");

            assertThatThrownBy(draft::publish).hasMessageContaining("appeared meanwhile");

            assertThat(own).hasContent("mine");
            assertThat(directory.resolve("identity")).doesNotExist();
        }
    }
}
