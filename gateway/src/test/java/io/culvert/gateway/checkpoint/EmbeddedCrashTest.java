package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.DEAF;
import static io.culvert.gateway.checkpoint.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.pool.Fence;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cuts and damages the embedded store's file at every byte. */
final class EmbeddedCrashTest {
    /** What had been confirmed when the file had this length. */
    private record Confirmed(int lengthBytes, Map<String, Long> sequences, Fence fence) {}

    @TempDir
    Path directory;

    private final List<Confirmed> history = new ArrayList<>();
    private byte[] log = new byte[0];

    private EmbeddedCheckpointStore open(Path where) throws Exception {
        return EmbeddedCheckpointStore.open(where, "gw1", InstantSource.system());
    }

    /** Two lives of a store that claim, write alone and in batches, note ends, and delete. */
    @BeforeEach
    void writeHistory() throws Exception {
        Path file = directory.resolve("checkpoints.log");
        Map<String, Long> sequences = new TreeMap<>();
        Fence fence = new Fence(0, 0);
        for (int life = 0; life < 2; life++) {
            try (CheckpointStore store = open(directory)) {
                confirm(file, sequences, fence);
                Ownership one = store.claim("j1", DEAF);
                Ownership two = store.claim("j2", DEAF);
                fence = two.fence();
                confirm(file, sequences, fence);
                for (int i = 0; i < 2; i++) {
                    sequences.put("j1", store.write(one, running("j1", "a1", i)).sequence());
                    confirm(file, sequences, fence);
                }
                store.writeAll(List.of(
                        new CheckpointWrite(one, running("j1", "a1", 9)),
                        new CheckpointWrite(two, running("j2", "a2", 9))));
                sequences.merge("j1", 1L, Long::sum);
                sequences.merge("j2", 1L, Long::sum);
                confirm(file, sequences, fence);
                store.noteEnd(one, Samples.ended("run-" + life, "j1", one.fence()));
                sequences.put("the end of run-" + life, 0L);
                confirm(file, sequences, fence);
                if (life == 0) {
                    store.delete(two, "a2");
                    sequences.remove("j2");
                    confirm(file, sequences, fence);
                }
            }
        }
        log = Files.readAllBytes(file);
    }

    private void confirm(Path file, Map<String, Long> sequences, Fence fence) throws Exception {
        history.add(new Confirmed((int) Files.size(file), new TreeMap<>(sequences), fence));
    }

    private Path copy(byte[] bytes) throws Exception {
        Path where = Files.createDirectories(directory.resolve("copy"));
        Files.write(where.resolve("checkpoints.log"), bytes);
        return where;
    }

    private static Map<String, Long> sequences(CheckpointStore store) throws Exception {
        Map<String, Long> found = new TreeMap<>();
        store.list("", 100)
                .checkpoints()
                .forEach(stored -> found.put(stored.checkpoint().job().id(), stored.sequence()));
        store.ended().jobs().forEach(ended -> found.put("the end of " + ended.id(), 0L));
        return found;
    }

    @Test
    void aFileCutAtAnyByteHoldsWhatWasConfirmedByThenAndFencesStillGrow() throws Exception {
        Fence former = new Fence(0, 0);
        for (int length = 0; length <= log.length; length++) {
            int cut = length;
            Confirmed expected = history.stream()
                    .filter(confirmed -> confirmed.lengthBytes() <= cut)
                    .reduce(new Confirmed(0, Map.of(), former), (a, b) -> b);
            Path where = copy(Arrays.copyOf(log, cut));
            try (CheckpointStore store = open(where)) {
                assertThat(sequences(store)).as("cut at %d", cut).isEqualTo(expected.sequences());
                Ownership next = store.claim("j1", DEAF);
                assertThat(next.fence()).as("cut at %d", cut).isGreaterThan(expected.fence());
                store.write(next, running("j1", "a9", 1));
            }
            try (CheckpointStore store = open(where)) {
                assertThat(sequences(store))
                        .as("cut at %d", cut)
                        .containsEntry("j1", expected.sequences().getOrDefault("j1", 0L) + 1);
            }
        }
    }

    @Test
    void zeroesAfterACrashAreCutOff() throws Exception {
        byte[] grown = Arrays.copyOf(log, log.length + 4096);
        try (CheckpointStore store = open(copy(grown))) {
            assertThat(sequences(store)).isEqualTo(history.getLast().sequences());
        }
    }

    /** Only the last record may be lost to damage, since nothing proves that it had been confirmed. */
    @Test
    void aFlippedBitIsRefusedByNameOrCostsTheLastRecordAlone() throws Exception {
        int lastRecordAt = history.get(history.size() - 2).lengthBytes();
        for (int offset = 0; offset < log.length; offset++) {
            byte[] damaged = log.clone();
            damaged[offset] ^= (byte) (1 << (offset % 8));
            Path where = copy(damaged);
            if (offset < lastRecordAt) {
                assertThatThrownBy(() -> open(where).close())
                        .as("flip at %d", offset)
                        .isInstanceOf(CorruptCheckpointException.class)
                        .hasMessageContaining(where.toString())
                        .hasMessageContaining("Move the file away");
            } else {
                try (CheckpointStore store = open(where)) {
                    assertThat(sequences(store))
                            .as("flip at %d", offset)
                            .isEqualTo(history.get(history.size() - 2).sequences());
                    assertThat(store.claim("j1", DEAF).fence())
                            .isGreaterThan(history.getLast().fence());
                }
            }
        }
    }

    @Test
    void aRecordThatIsMissingOrTwiceIsRefused() throws Exception {
        int from = history.get(2).lengthBytes();
        int to = history.get(3).lengthBytes();
        byte[] missing = new byte[log.length - (to - from)];
        System.arraycopy(log, 0, missing, 0, from);
        System.arraycopy(log, to, missing, from, log.length - to);
        assertThatThrownBy(() -> open(copy(missing)).close()).isInstanceOf(CorruptCheckpointException.class);
        byte[] twice = Arrays.copyOf(log, log.length + to - from);
        System.arraycopy(log, from, twice, log.length, to - from);
        assertThatThrownBy(() -> open(copy(twice)).close()).isInstanceOf(CorruptCheckpointException.class);
    }

    @Test
    void aHalfWrittenReplacementIsIgnored() throws Exception {
        Path where = copy(log);
        Files.write(where.resolve("checkpoints.log.new"), Arrays.copyOf(log, 100));
        try (CheckpointStore store = open(where)) {
            assertThat(sequences(store)).isEqualTo(history.getLast().sequences());
        }
        assertThat(where.resolve("checkpoints.log.new")).doesNotExist();
    }
}
