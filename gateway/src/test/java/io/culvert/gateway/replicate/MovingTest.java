package io.culvert.gateway.replicate;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.pool.Fence;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.PoolSettings;
import io.culvert.dedupe.pool.Snapshot;
import io.culvert.dedupe.pool.SnapshotLookup;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Datasets that move between real pools, whatever is cut off, full or damaged. */
final class MovingTest {

    private static final JobLedger.JobKey TO_VAULT = new JobLedger.JobKey("dump", "seoul", "vault");

    @TempDir
    private Path directory;

    private final AttemptMemory memory = new AttemptMemory(4);
    private final Random random = new Random(7);
    private final List<byte[]> streams = new ArrayList<>();
    private Pool main;
    private Pool vault;
    private ReplicateSettings settings;

    @SuppressWarnings("NullAway.Init")
    MovingTest() {}

    @BeforeEach
    void ingest() throws Exception {
        settings = new ReplicateSettings("seoul", directory, 4, 1, InstantSource.system(), random);
        main = open("main", 0);
        vault = open("vault", 0);
        byte[] shared = bytes(3 << 20);
        for (int i = 0; i < 3; i++) {
            store("dump", Stream.of(shared, bytes(1 << 20)).toArray(byte[][]::new));
        }
        store("other", bytes(100_000));
    }

    @AfterEach
    void close() throws IOException {
        main.close();
        vault.close();
    }

    private Pool open(String name, long quotaBytes) throws IOException {
        return Pool.open(PoolSettings.of(name, directory.resolve(name), quotaBytes), InstantSource.system());
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private void store(String dataset, byte[]... parts) throws Exception {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.write(part);
        }
        streams.add(whole.toByteArray());
        Job job = new Job(
                dataset + streams.size(),
                "ingest",
                new JobLedger.JobKey(dataset, "seoul", "main"),
                InstantSource.system().instant());
        new Ingest(job, main, settings)
                .run(memory, "day " + streams.size(), new ByteArrayInputStream(whole.toByteArray()));
    }

    private Job.View move() throws Exception {
        Job job = new Job("move-1", "move", TO_VAULT, InstantSource.system().instant());
        new Moving(job, List.of(main), vault, settings).run(memory);
        return job.view();
    }

    /** The bytes of a stream without holes. */
    private record Content(ByteArrayOutputStream out) implements RestoreSink {
        @Override
        public void leaf(Slice leaf) {}

        @Override
        public void data(ChunkRef chunk, Slice data) {
            out.write(data.array(), data.offset(), data.length());
        }

        @Override
        public void end() {}
    }

    private static List<Snapshot> of(Pool pool, String dataset) throws IOException {
        return pool.snapshots().list().snapshots().stream()
                .filter(one -> one.dataset().equals(dataset))
                .toList();
    }

    /** Its label says which stream it is of: those of one second are in no order. */
    private void assertReads(Pool pool, Snapshot snapshot) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new SnapshotReader(pool, Closure.root(snapshot), List.of(), new InOrder(pool, new Content(out)))
                .read(Fingerprinter.fastest());
        byte[] expected = streams.get(Integer.parseInt(snapshot.label().substring("day ".length())) - 1);
        assertThat(Arrays.equals(out.toByteArray(), expected))
                .as("snapshot %s is read as it was stored", snapshot.label())
                .isTrue();
    }

    @Test
    void allOfADatasetMovesAndIsTheSame() throws Exception {
        List<Snapshot> before = of(main, "dump");

        Job.View done = move();

        assertThat(done.state()).as(done.sentence()).isEqualTo(Job.State.DONE);
        assertThat(of(vault, "dump")).isEqualTo(before);
        assertThat(of(main, "dump")).isEmpty();
        assertThat(of(main, "other")).hasSize(1);
        for (Snapshot one : before) {
            assertReads(vault, one);
        }
        assertThat(done.progress().newBytes())
                .as("what they share is copied once")
                .isLessThan(7L << 20);
        assertThat(done.totals()).get().satisfies(all -> assertThat(all.bytes()).isEqualTo(12L << 20));
    }

    @Test
    void whatWasCopiedAndNotRemovedIsOnlyRemoved() throws Exception {
        Snapshot first = of(main, "dump").getFirst();
        move();
        store("dump", streams.getFirst());
        Snapshot again = of(main, "dump").getFirst();
        assertThat(again.id()).isNotEqualTo(first.id());
        Pool aside = vault;
        Job job = new Job("move-2", "move", TO_VAULT, InstantSource.system().instant());
        main.snapshots()
                .adopt(first, main.proveClosure(first.root(), from -> new Closure(main).check(Closure.root(first))));

        new Moving(job, List.of(main), aside, settings).run(memory);

        assertThat(job.view().state()).isEqualTo(Job.State.DONE);
        assertThat(of(main, "dump")).isEmpty();
        assertThat(of(vault, "dump")).hasSize(4).contains(first, again);
    }

    @Test
    void anOlderSnapshotMovesIntoAPoolThatHasSeenAHigherFence() throws Exception {
        vault.fences().advance("seoul", "dump", new Fence(9, 9));

        assertThat(move().state()).isEqualTo(Job.State.DONE);

        assertThat(of(vault, "dump")).hasSize(3);
        assertThat(vault.fences().highest("seoul", "dump")).contains(new Fence(9, 9));
    }

    @Test
    void aPoolThatIsFullKeepsNothingHalfAndTheRestStaysWhereItWas() throws Exception {
        vault.close();
        vault = open("vault", 5 << 20);
        List<Snapshot> before = of(main, "dump");

        Job.View failed = move();

        assertThat(failed.state()).isEqualTo(Job.State.FAILED);
        assertThat(failed.sentence()).contains("vault");
        List<Snapshot> all = new ArrayList<>(of(vault, "dump"));
        all.addAll(of(main, "dump"));
        assertThat(all).containsExactlyInAnyOrderElementsOf(before);
        assertThat(of(main, "dump")).isNotEmpty();
        for (Snapshot moved : of(vault, "dump")) {
            assertReads(vault, moved);
        }
    }

    @Test
    void whatIsDamagedIsNamedAndStays() throws Exception {
        main.force();
        damage(streams.get(1), 3_500_000);

        Job.View failed = move();

        assertThat(failed.state()).isEqualTo(Job.State.FAILED);
        assertThat(of(main, "dump")).extracting(Snapshot::label).contains("day 2");
        for (Snapshot one : of(main, "dump")) {
            assertThat(vault.snapshots().find(one.id())).isInstanceOf(SnapshotLookup.Missing.class);
        }
    }

    /** Flips a bit of a stream where it is stored; noise is stored as it is. */
    private void damage(byte[] stream, int at) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("main"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] content = Files.readAllBytes(file);
                for (int i = 0; i + 32 <= content.length; i++) {
                    if (Arrays.mismatch(content, i, i + 32, stream, at, at + 32) < 0) {
                        content[i] ^= 1;
                        Files.write(file, content);
                        return;
                    }
                }
            }
        }
        throw new AssertionError("the pool must hold the stream");
    }

    @Test
    void aMoveThatIsCancelledLeavesEachSnapshotInOnePool() throws Exception {
        Job job = new Job("move-3", "move", TO_VAULT, InstantSource.system().instant());
        job.cancel();
        new Moving(job, List.of(main), vault, settings).run(memory);

        assertThat(job.view().state()).isEqualTo(Job.State.CANCELLED);
        assertThat(of(main, "dump")).hasSize(3);
        assertThat(of(vault, "dump")).isEmpty();
    }

    @Test
    void aDatasetThatNoPoolHasIsNamed() throws Exception {
        Job job = new Job(
                "move-4",
                "move",
                new JobLedger.JobKey("none", "seoul", "vault"),
                InstantSource.system().instant());
        new Moving(job, List.of(main), vault, settings).run(memory);

        assertThat(job.view().state()).isEqualTo(Job.State.FAILED);
        assertThat(job.view().sentence()).contains("no pool holds a snapshot of dataset none");
    }
}
