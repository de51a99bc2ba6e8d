package io.culvert.gateway.replicate;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.manifest.ManifestWriter;
import io.culvert.dedupe.pool.FencedException;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.PoolSettings;
import io.culvert.dedupe.pool.PoolWriter;
import io.culvert.dedupe.pool.Snapshot;
import io.culvert.dedupe.segment.SegmentEncoder;
import io.culvert.gateway.checkpoint.Checkpoint;
import io.culvert.gateway.checkpoint.Deletion;
import io.culvert.gateway.checkpoint.InMemoryCheckpointStore;
import io.culvert.gateway.checkpoint.Job;
import io.culvert.gateway.checkpoint.JobState;
import io.culvert.gateway.checkpoint.OwnedException;
import io.culvert.gateway.checkpoint.Ownership;
import io.culvert.gateway.checkpoint.Progress;
import io.culvert.gateway.checkpoint.StoredCheckpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Three workers that all create the same snapshot, of which two fail at any step and clean up: the winner's snapshot stays whole, and so
 * does what the site knows of it (the story of the volume that another worker's clean-up deleted; rules 3, 4 and 5).
 *
 * <p>Leases end at any moment, and workers whose leases ended go on as if nothing had happened. {@code culvert.race.seed} repeats one run,
 * {@code culvert.race.runs} makes more.
 */
final class SnapshotRaceSimulationTest {

    private static final int RUNS = Integer.getInteger("culvert.race.runs", 250);
    private static final String SITE = "seoul";

    private final Fingerprinter fingerprinter = Fingerprinter.fastest();
    private Path directory;
    private Pool pool;

    @BeforeEach
    void open() throws IOException {
        Path memory = Path.of("/dev/shm"); // many thousand forces, none of which a disk need see here
        directory = Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "culvert-race")
                : Files.createTempDirectory("culvert-race");
        pool = Pool.open(PoolSettings.of("main", directory.resolve("pool"), 0), InstantSource.system());
    }

    @AfterEach
    void close() throws IOException {
        pool.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void theWinnersSnapshotIsWholeWhateverTheOthersCleanUp() throws IOException {
        long first = Long.getLong("culvert.race.seed", System.nanoTime());
        int runs = Long.getLong("culvert.race.seed") == null ? RUNS : 1;
        System.err.println("culvert.race.seed=" + first + " and the " + (runs - 1) + " that follow");
        int won = 0;
        int lost = 0;
        for (int run = 0; run < runs; run++) {
            Race race = new Race(first + run);
            race.go();
            won += race.winners();
            lost += race.refusals;
            race.forget();
        }
        System.err.println(won + " snapshots won, " + lost + " writes of others refused");
        assertThat(won).isGreaterThan(runs / 10);
    }

    /** Where a worker stands; each step is one call to the store or the pool. */
    private enum Step {
        CLAIM,
        NOTE,
        FENCE,
        APPEND,
        PUBLISH,
        NOTE_DONE,
        CLEAN_UP,
        OVER
    }

    private final class Race {
        private final long seed;
        private final SplittableRandom random;
        private final String dataset;
        private final String jobId;
        private final InMemoryCheckpointStore.Backend etcd = new InMemoryCheckpointStore.Backend();
        private final List<Worker> workers = new ArrayList<>();
        private int refusals;

        Race(long seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.dataset = "d" + Long.toUnsignedString(seed, Character.MAX_RADIX);
            this.jobId = dataset + "@busan/main";
        }

        void go() throws IOException {
            int winner = random.nextInt(3);
            for (int i = 0; i < 3; i++) {
                workers.add(new Worker(i, i == winner ? Step.OVER : Step.values()[1 + random.nextInt(5)]));
            }
            for (int turn = 0; turn < 200 && workers.stream().anyMatch(one -> one.step != Step.OVER); turn++) {
                if (random.nextInt(30) == 0) {
                    etcd.expire(jobId);
                }
                workers.get(random.nextInt(3)).turn();
            }
            check();
        }

        int winners() {
            return (int) workers.stream().filter(one -> one.won).count();
        }

        /** So that the next races have a short catalogue. */
        void forget() throws IOException {
            for (Snapshot snapshot : visible()) {
                pool.snapshots().delete(snapshot.id());
            }
        }

        private List<Snapshot> visible() throws IOException {
            return pool.snapshots().list().snapshots().stream()
                    .filter(snapshot -> snapshot.dataset().equals(dataset))
                    .toList();
        }

        private void check() throws IOException {
            List<Snapshot> visible = visible();
            for (Worker one : workers) {
                if (one.published != null) {
                    assertThat(visible)
                            .as("seed %d: what %s was told is complete", seed, one.attempt)
                            .extracting(Snapshot::attempt)
                            .contains(one.attempt);
                }
            }
            Closure known = new Closure(pool);
            for (Snapshot snapshot : visible) {
                assertThat(pool.proveClosure(
                                Closure.root(snapshot).node(), from -> known.check(Closure.root(snapshot))))
                        .as("seed %d: %s is whole", seed, snapshot.attempt())
                        .isNotNull();
            }
            Optional<StoredCheckpoint> noted = new InMemoryCheckpointStore(etcd, "reader").read(jobId);
            workers.stream()
                    .filter(one -> one.noted)
                    .max(Comparator.comparing((Worker one) -> one.ownership().fence()))
                    .filter(last -> last.won) // else its owner removed its own, or was stopped before it was done
                    .ifPresent(winner -> assertThat(
                                    noted.map(StoredCheckpoint::checkpoint).map(Checkpoint::attempt))
                            .as("seed %d: nobody cleaned up what %s noted", seed, winner.attempt)
                            .contains(winner.attempt));
        }

        /** A gateway that makes the snapshot; it does not hear when its lease ends. */
        private final class Worker {
            private final String attempt;
            private final Step fails;
            private final InMemoryCheckpointStore store;
            private Step step = Step.CLAIM;
            private Optional<Ownership> ownership = Optional.empty();
            private Optional<PoolWriter> writer = Optional.empty();
            private Optional<ManifestRoot> root = Optional.empty();
            private @Nullable String published;
            private boolean noted;
            private boolean won;

            Worker(int number, Step fails) {
                this.attempt = "run." + number;
                this.fails = fails;
                this.store = new InMemoryCheckpointStore(etcd, SITE + "/" + number);
            }

            Ownership ownership() {
                return ownership.orElseThrow();
            }

            void turn() throws IOException {
                try {
                    if (step == fails && step != Step.OVER) {
                        step = Step.CLEAN_UP;
                    } else {
                        step = next();
                    }
                } catch (OwnedException e) {
                    step = Step.CLAIM; // and comes again
                } catch (FencedException | io.culvert.gateway.checkpoint.FencedException e) {
                    refusals++;
                    step = step == Step.CLEAN_UP ? Step.OVER : Step.CLEAN_UP;
                }
            }

            private Step next() throws IOException {
                return switch (step) {
                    case CLAIM -> {
                        ownership = Optional.of(store.claim(jobId, (owned, why) -> {}));
                        yield Step.NOTE;
                    }
                    case NOTE -> {
                        store.write(ownership(), checkpoint(new JobState.Running()));
                        noted = true;
                        yield Step.FENCE;
                    }
                    case FENCE -> {
                        pool.fences().advance(SITE, dataset, ownership().fence());
                        writer = Optional.of(pool.writer());
                        yield Step.APPEND;
                    }
                    case APPEND -> {
                        root = Optional.of(manifest());
                        writer.orElseThrow().force();
                        yield Step.PUBLISH;
                    }
                    case PUBLISH -> {
                        published = publish();
                        yield Step.NOTE_DONE;
                    }
                    case NOTE_DONE -> {
                        store.write(ownership(), checkpoint(new JobState.Done()));
                        won = true;
                        store.release(ownership());
                        yield Step.OVER;
                    }
                    case CLEAN_UP -> {
                        Deletion deletion = store.delete(ownership(), attempt);
                        assertThat(deletion).isIn((Object[]) Deletion.values());
                        store.release(ownership());
                        yield Step.OVER;
                    }
                    case OVER -> Step.OVER;
                };
            }

            private Checkpoint checkpoint(JobState state) {
                return new Checkpoint(
                        new Job(jobId, dataset, "busan", "main"),
                        attempt,
                        state,
                        Progress.NONE,
                        published,
                        Instant.EPOCH,
                        Instant.EPOCH,
                        null);
            }

            /** The same source for all three, so that they share chunks. */
            private ManifestRoot manifest() throws IOException {
                var chunk = store(dataset.getBytes(StandardCharsets.UTF_8));
                ManifestWriter manifest =
                        new ManifestWriter(fingerprinter, (node, bytes, leaf) -> store(bytes.toArray()));
                manifest.entry(Snapshots.entry("", EntryType.DIRECTORY, 0, ""));
                manifest.entry(Snapshots.entry("file", EntryType.FILE, chunk.lengthBytes(), ""));
                manifest.extent(new Extent.Data(chunk));
                return manifest.finish();
            }

            private io.culvert.dedupe.chunk.ChunkRef store(byte[] bytes) throws IOException {
                try (SegmentEncoder encoder = new SegmentEncoder()) {
                    encoder.add(Slice.of(bytes));
                    var segment = encoder.finishVerified(fingerprinter);
                    writer.orElseThrow().append(segment, attempt);
                    return segment.chunks().getFirst();
                }
            }

            private String publish() throws IOException {
                ManifestRoot made = root.orElseThrow();
                Closure closure = new Closure(pool);
                var proof = pool.proveClosure(made.node(), from -> closure.check(made));
                Snapshot snapshot = new Snapshot(
                        Snapshot.newId(InstantSource.system(), random),
                        dataset,
                        SITE,
                        "tree",
                        Instant.EPOCH,
                        attempt,
                        ownership().fence(),
                        "",
                        made.node(),
                        made.level(),
                        made.entries(),
                        made.sourceBytes(),
                        new TreeMap<>());
                pool.snapshots().publish(snapshot, proof);
                return snapshot.id();
            }
        }
    }
}
