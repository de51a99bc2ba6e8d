package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.DEAF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.pool.Fence;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds of a migration between any two stores. */
abstract class MigrationContract {
    static final InstantSource CLOCK = InstantSource.system();
    private static final int JOBS = 70; // more than one batch
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    /** A store that nobody has used. */
    abstract StorePlace one() throws Exception;

    /** Another one. */
    abstract StorePlace two() throws Exception;

    /** What a store is for people who read content. */
    record Kept(List<Checkpoint> checkpoints, List<EndedJob> ended) {}

    static CheckpointStore open(StorePlace place) throws Exception {
        return switch (place) {
            case StorePlace.InFile file -> EmbeddedCheckpointStore.open(file.directory(), "seoul/1", CLOCK);
            case StorePlace.InEtcd etcd -> {
                var store = EtcdCheckpointStore.open(etcd.settings(), etcd.memory(), CLOCK);
                boolean usable = false;
                try {
                    store.requireUnmarked(PATIENCE);
                    usable = true;
                    yield store;
                } finally {
                    if (!usable) {
                        store.close();
                    }
                }
            }
        };
    }

    Path memory() {
        return directory.resolve("etcd-seen");
    }

    Migration migration(boolean force, Consumer<String> progress) {
        return new Migration(new Migration.Owner("seoul", Set.of(), memory()), force, CLOCK, progress);
    }

    Migration.Moved move(StorePlace from, StorePlace to) throws Exception {
        return migration(false, step -> {}).move(from, to);
    }

    /** Jobs that are written several times, in batches and alone, and more ends than are kept; returns the highest fence. */
    static Fence fill(StorePlace place) throws Exception {
        Fence highest = new Fence(0, 0);
        try (CheckpointStore store = open(place)) {
            List<CheckpointWrite> writes = new ArrayList<>();
            for (int i = 0; i < JOBS; i++) {
                String job = "job-" + i;
                Ownership owned = store.claim(job, DEAF);
                highest = owned.fence();
                writes.add(new CheckpointWrite(
                        owned, i % 20 == 7 ? Samples.largest(job) : Samples.running(job, "a" + i, i)));
                if (writes.size() == CheckpointStore.MAX_BATCH || i == JOBS - 1) {
                    store.writeAll(writes);
                    store.writeAll(writes);
                    writes.clear();
                }
            }
            Ownership last = store.claim("job-last", DEAF);
            store.write(last, Samples.completed("job-last", "a", Samples.REPLICA));
            for (int i = 0; i < CheckpointStore.MAX_ENDED + 3; i++) {
                store.noteEnd(last, Samples.ended("run-" + (i * 7919 % 211), "job-last", last.fence()));
            }
        }
        return highest;
    }

    static Kept kept(StorePlace place) throws Exception {
        try (CheckpointStore store = open(place)) {
            List<Checkpoint> checkpoints = new ArrayList<>();
            String after = "";
            do {
                CheckpointPage page = store.list(after, CheckpointStore.MAX_PAGE);
                assertThat(page.damaged()).isEmpty();
                page.checkpoints().forEach(one -> checkpoints.add(one.checkpoint()));
                after = page.next();
            } while (!after.isEmpty());
            EndedJobs ended = store.ended();
            assertThat(ended.damaged()).isEmpty();
            return new Kept(checkpoints, ended.jobs());
        }
    }

    static Fence claim(StorePlace place, String job) throws Exception {
        try (CheckpointStore store = open(place)) {
            Ownership owned = store.claim(job, DEAF);
            store.write(owned, Samples.running(job, "later", 9));
            return owned.fence();
        }
    }

    static void assertMarked(StorePlace place, String... parts) {
        assertThatThrownBy(() -> open(place))
                .isInstanceOf(MarkedStoreException.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void movesEverythingThereAndBackAndFencesOnlyGrow() throws Exception {
        StorePlace one = one();
        StorePlace two = two();
        Fence highest = fill(one);
        Kept before = kept(one);
        assertThat(before.checkpoints()).hasSize(JOBS + 1);

        Migration.Moved moved = move(one, two);
        assertThat(moved.checkpoints()).isEqualTo(JOBS + 1);
        assertThat(moved.ended()).isEqualTo(CheckpointStore.MAX_ENDED);
        assertThat(moved.before()).isEmpty();
        assertThat(kept(two)).isEqualTo(before);
        assertMarked(one, "were moved to", "culvert help etcd migrate");
        Fence there = claim(two, "job-3");
        assertThat(there).as("what receivers refuse below %s", highest).isGreaterThan(highest);

        assertThat(move(one, two).before()).as("a second run does nothing").isPresent();
        assertThat(claim(two, "job-3")).isGreaterThan(there);

        Kept later = kept(two);
        assertThat(later).isNotEqualTo(before);
        move(two, one);
        assertThat(kept(one)).as("what the old store kept before is gone").isEqualTo(later);
        assertThat(claim(one, "job-3").epoch()).isGreaterThan(there.epoch());
        assertMarked(two, "were moved to");
    }

    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void aRunThatIsBrokenOffAtAnyStepGoesOnAndNoGatewayStartsOnHalf() throws Exception {
        StorePlace from = one();
        StorePlace to = two();
        Fence highest = fill(from);
        Kept all = kept(from);
        boolean finished = false;
        for (int end = 1; !finished; end++) {
            int last = end;
            List<String> steps = new ArrayList<>();
            try {
                migration(false, step -> {
                            steps.add(step);
                            if (steps.size() == last) {
                                throw new Broken();
                            }
                        })
                        .move(from, to);
                finished = true;
            } catch (Broken e) {
                if (end > 1) {
                    assertMarked(to, "have not wholly come", "goes on");
                }
                if (end > 2) {
                    assertMarked(from, "were moved to");
                }
                assertThat(move(from, to).resumed()).as("after %s", steps).isEqualTo(end > 1);
            }
            assertThat(kept(to)).as("after %s", steps).isEqualTo(all);
            StorePlace swapped = from;
            from = to;
            to = swapped;
        }
        assertThat(claim(from, "job-1")).isGreaterThan(highest);
    }

    @Test
    void aTargetThatIsInUseIsRefusedAndNothingChanged() throws Exception {
        StorePlace one = one();
        StorePlace two = two();
        fill(one);
        claim(two, "another");
        assertThatThrownBy(() -> migration(true, step -> {}).move(one, two))
                .isInstanceOf(RefusedMigrationException.class)
                .hasMessageContaining("is not empty");
        assertThatThrownBy(() -> move(one, one))
                .isInstanceOf(RefusedMigrationException.class)
                .hasMessageContaining("the same store");
        assertThat(kept(one).checkpoints()).hasSize(JOBS + 1);
        assertThat(kept(two).checkpoints()).hasSize(1);
    }

    @Test
    void whereNothingIsThereIsNothingToMove() throws Exception {
        assertThatThrownBy(() -> move(one(), two()))
                .isInstanceOf(RefusedMigrationException.class)
                .hasMessageContaining("nothing to move");
    }

    @Test
    void aStoreThatWasLeftIsTakenUpAgainInAnEpochOfItsOwn() throws Exception {
        StorePlace one = one();
        StorePlace two = two();
        assertThat(claim(one, "j1")).isNotNull();
        Kept before = kept(one);
        assertThatThrownBy(() -> migration(false, step -> {}).reopen(one))
                .isInstanceOf(RefusedMigrationException.class)
                .hasMessageContaining("was not left");
        move(one, two);
        Fence there = claim(two, "j1");
        migration(false, step -> {}).reopen(one);
        assertThat(kept(one)).isEqualTo(before);
        assertThat(claim(one, "j1")).isGreaterThan(there);
    }
}
