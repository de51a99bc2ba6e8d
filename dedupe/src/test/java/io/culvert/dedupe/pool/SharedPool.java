package io.culvert.dedupe.pool;

import static io.culvert.dedupe.pool.PoolFixture.CLOCK;
import static io.culvert.dedupe.pool.PoolFixture.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;

/** One run of {@link TakeoverSimulationTest}: the disk, the gateways that freeze, and what was promised to whom. */
final class SharedPool {

    /** What a run went through. */
    enum Seen {
        FROZEN,
        FROZEN_WHILE_OPENING,
        FROZEN_WHILE_CLOSING,
        LATE_DURING_OPENING,
        LATE_DURING_WORK,
        LATE_AFTERWARDS,
        LATE_CHANGE_FAILED,
        CLOSED_IN_ORDER,
        DIED
    }

    private static final int MOST_FROZEN = 3;
    private static final PoolSettings SETTINGS = new PoolSettings("main", ROOT, 0, 8 << 10, 1 << 20, 4096);

    private final ExecutorService machines;
    private final boolean guarded;
    private final Random random;
    private final FaultDisk disk = new FaultDisk();
    private final Map<Seen, Integer> seen = new EnumMap<>(Seen.class);
    private final Map<Fingerprint, byte[]> all = new LinkedHashMap<>();
    private final Set<Fingerprint> acknowledged = new HashSet<>();
    private final Set<String> published = new TreeSet<>();
    /** Whose publication or deletion was not acknowledged: there or not, which the next opening decides. */
    private final Set<String> undecided = new TreeSet<>();

    private long acknowledgedFence;
    private long fenceOfDataset;
    private long revision;
    private int snapshots;

    private SharedPool(long seed, ExecutorService machines, boolean guarded) {
        this.random = new Random(seed);
        this.machines = machines;
        this.guarded = guarded;
    }

    SharedPool(long seed, ExecutorService machines) {
        this(seed, machines, true);
    }

    /** Gateways that go on as if nothing had happened: the simulation must notice. */
    static SharedPool unguarded(long seed, ExecutorService machines) {
        return new SharedPool(seed, machines, false);
    }

    Map<Seen, Integer> run() throws IOException {
        for (int owners = 0; owners < 2; owners++) {
            new Gateway(0, Optional.empty()).live();
        }
        new Gateway(MOST_FROZEN, Optional.empty()).look();
        disk.kill();
        if (random.nextBoolean()) {
            disk.cutPower(random);
        }
        if (random.nextBoolean()) {
            new Gateway(MOST_FROZEN, Optional.empty()).look();
        }
        try (Pool pool = Pool.open(PoolOpening.of(SETTINGS, CLOCK), disk, Runnable::run)) {
            check(pool);
        }
        return seen;
    }

    private void saw(Seen what) {
        seen.merge(what, 1, Integer::sum);
    }

    /** Each opening finds what was promised, and from then on nothing else. */
    private void check(Pool pool) throws IOException {
        assertThat(pool.recovery().damages()).isEmpty();
        assertThat(pool.recovery().notes()).noneMatch(note -> note.contains("index"));
        List<byte[]> here = new ArrayList<>();
        for (Map.Entry<Fingerprint, byte[]> chunk : all.entrySet()) {
            boolean present = pool.contains(chunk.getKey());
            assertThat(present || !acknowledged.contains(chunk.getKey()))
                    .as("acknowledged chunk %s", chunk.getKey())
                    .isTrue();
            if (present) {
                here.add(chunk.getValue());
            }
        }
        PoolFixture.assertReads(pool, here);
        here.forEach(chunk -> acknowledged.add(TestSegments.fingerprint(chunk)));
        SnapshotList list = pool.snapshots().list();
        assertThat(list.damaged()).isEmpty();
        List<String> ids = list.snapshots().stream().map(Snapshot::id).toList();
        assertThat(ids).containsAll(published);
        undecided.stream().filter(ids::contains).forEach(published::add);
        undecided.clear();
        assertThat(ids).as("what no live owner published").hasSameElementsAs(published);
        for (Snapshot snapshot : list.snapshots()) {
            assertThat(pool.missing(List.of(snapshot.root())).isEmpty()).isTrue();
        }
        Fence fence = pool.fences().highest("seoul", "finance").orElse(new Fence(1, 0));
        assertThat(fence).isGreaterThanOrEqualTo(new Fence(1, acknowledgedFence));
        acknowledgedFence = fence.revision();
        fenceOfDataset = Math.max(fenceOfDataset, acknowledgedFence);
        assertThat(pool.verify((done, total, damages) -> {}).damages()).isEmpty();
    }

    /** A change that was let through and has not reached the disk. */
    private static final class Late<T> {
        private final FreezingDisk.Change<T> change;
        private Optional<T> result = Optional.empty();
        private Optional<IOException> failure = Optional.empty();
        private boolean made;

        Late(FreezingDisk.Change<T> change) {
            this.change = change;
        }

        void make() {
            if (!made) {
                made = true;
                try {
                    result = Optional.of(change.make());
                } catch (IOException failed) {
                    failure = Optional.of(failed);
                }
            }
        }
    }

    private final class Gateway implements FreezingDisk.Freezer {
        private final int depth;
        private final Fence fence = new Fence(1, ++revision);
        private final Lease lease = new Lease();
        private final FreezingDisk view;
        private final Optional<Late<?>> former;
        private final Set<Fingerprint> unforced = new HashSet<>();
        private final Set<Fingerprint> mine = new HashSet<>();
        private long formerComesAfter;
        private Seen doing = Seen.FROZEN_WHILE_OPENING;
        private boolean frozen;

        Gateway(int depth, Optional<Late<?>> former) {
            this.depth = depth;
            this.former = former;
            boolean freezes = depth < MOST_FROZEN && random.nextInt(4) > 0;
            this.view = new FreezingDisk(disk, freezes ? 1 + random.nextInt(180) : -1, this, this::tick);
            this.formerComesAfter = former.isPresent() ? random.nextInt(random.nextBoolean() ? 60 : 400) : -1;
        }

        private void tick() {
            if (formerComesAfter-- == 0 && former.isPresent() && !former.get().made) {
                saw(doing == Seen.FROZEN_WHILE_OPENING ? Seen.LATE_DURING_OPENING : Seen.LATE_DURING_WORK);
                former.get().make();
            }
        }

        @Override
        public <T> T freeze(FreezingDisk.Change<T> change) throws IOException {
            frozen = true;
            saw(Seen.FROZEN);
            saw(doing);
            if (guarded) {
                lease.lose("it was frozen");
            }
            disk.capacity(Long.MAX_VALUE);
            disk.failForceOf(path -> false);
            view.failWrites(false);
            Late<T> late = new Late<>(change);
            onAnotherMachine(new Gateway(depth + 1, Optional.of(late)));
            if (!late.made) {
                saw(Seen.LATE_AFTERWARDS);
            }
            late.make();
            if (late.failure.isPresent()) {
                saw(Seen.LATE_CHANGE_FAILED);
                throw late.failure.get();
            }
            return late.result.orElseThrow();
        }

        private void onAnotherMachine(Gateway next) {
            try {
                machines.submit(() -> {
                            next.live();
                            return true;
                        })
                        .get();
            } catch (InterruptedException | ExecutionException failure) {
                throw new AssertionError(failure.getCause());
            }
        }

        private Pool open() throws IOException {
            PoolOwnership ownership = new PoolOwnership("gateway-" + depth, fence, lease);
            return Pool.open(PoolOpening.of(SETTINGS, CLOCK).under(ownership), view, Runnable::run);
        }

        /** Opens and checks. */
        void look() throws IOException {
            try (Pool pool = open()) {
                check(pool);
            }
        }

        /** Opens, works, and closes or dies; somewhere in it the gateway may be frozen. */
        void live() throws IOException {
            Pool pool;
            try {
                pool = open();
            } catch (IOException refused) {
                assertThat(frozen).as(refused.toString()).isTrue();
                return;
            }
            if (!frozen) {
                doing = Seen.FROZEN;
                check(pool);
                work(pool);
            }
            if (frozen) {
                refusedFromNowOn(pool);
            } else if (random.nextInt(3) == 0) {
                saw(Seen.DIED);
            } else {
                doing = Seen.FROZEN_WHILE_CLOSING;
                saw(Seen.CLOSED_IN_ORDER);
                pool.close();
            }
        }

        private void keepsItsReserve(Pool pool) throws IOException {
            append(pool);
            if (!frozen) {
                assertThat(disk.list(ROOT)).contains("reserve.1-" + fence.revision());
            }
        }

        private void work(Pool pool) throws IOException {
            try {
                for (int step = 0; step < 25 && !frozen; step++) {
                    step(pool);
                }
                keepsItsReserve(pool);
            } catch (IOException refused) {
                assertThat(frozen).as(refused.toString()).isTrue();
            } finally {
                disk.capacity(Long.MAX_VALUE);
                disk.failForceOf(path -> false);
            }
        }

        private void refusedFromNowOn(Pool pool) throws IOException {
            long before = view.changes();
            assertThatThrownBy(() -> append(pool)).isInstanceOf(NotOwnerException.class);
            assertThatThrownBy(pool::force).isInstanceOf(NotOwnerException.class);
            PoolFixture.assertReads(pool, mine.stream().map(all::get).toList());
            pool.close();
            assertThat(view.changes()).as("writes nothing any more").isEqualTo(before);
        }

        private void step(Pool pool) throws IOException {
            switch (random.nextInt(16)) {
                case 0, 1, 2 -> force(pool);
                case 3, 4 -> publish(pool);
                case 5 -> advance(pool);
                case 6 -> delete(pool);
                case 7 -> fillUp(pool);
                case 8 -> failForce(pool);
                case 9 -> failWrite(pool);
                default -> append(pool);
            }
        }

        private List<byte[]> append(Pool pool) throws IOException {
            List<byte[]> chunks = TestSegments.chunks(random, 1 + random.nextInt(6), 1500);
            if (!all.isEmpty() && random.nextInt(4) == 0) {
                chunks.add(all.values().iterator().next());
            }
            chunks.forEach(chunk -> all.put(TestSegments.fingerprint(chunk), chunk));
            pool.append(TestSegments.passing(chunks), "attempt");
            chunks.forEach(chunk -> unforced.add(TestSegments.fingerprint(chunk)));
            return chunks;
        }

        private void force(Pool pool) throws IOException {
            pool.force();
            acknowledge();
        }

        private void acknowledge() {
            acknowledged.addAll(unforced);
            mine.addAll(unforced);
            unforced.clear();
        }

        private void publish(Pool pool) throws IOException {
            ChunkRef root = TestSegments.ref(append(pool).getFirst());
            String id = String.format("20260131T12%04d-0123abcd", snapshots++);
            Snapshot snapshot = PoolFixture.snapshot(id, root, new Fence(1, fenceOfDataset));
            undecided.add(id);
            pool.snapshots().publish(snapshot, pool.proveClosure(root, checked -> {}));
            assertThat(frozen && guarded)
                    .as("what is refused is not acknowledged")
                    .isFalse();
            undecided.remove(id);
            published.add(id);
            acknowledge();
        }

        private void advance(Pool pool) throws IOException {
            long next = fenceOfDataset + random.nextInt(3);
            fenceOfDataset = next;
            pool.fences().advance("seoul", "finance", new Fence(1, next));
            acknowledgedFence = next;
        }

        private void delete(Pool pool) throws IOException {
            if (!published.isEmpty()) {
                String id = published.iterator().next();
                published.remove(id);
                undecided.add(id);
                assertThat(pool.snapshots().delete(id)).isTrue();
                undecided.remove(id);
            }
        }

        private void fillUp(Pool pool) throws IOException {
            disk.capacity(disk.usedBytes() + random.nextInt(3000));
            try {
                append(pool);
                append(pool);
            } catch (PoolFullException full) {
                assertThat(full).hasMessageContaining("is full");
            }
            disk.capacity(Long.MAX_VALUE);
        }

        /** The record is there, whole, and the owner was told that it is not. */
        private void failWrite(Pool pool) throws IOException {
            view.failWrites(true);
            try {
                append(pool);
            } catch (IOException failed) {
                assertThat(failed.getMessage()).containsAnyOf("Input/output error", "it was frozen");
            } finally {
                view.failWrites(false);
            }
            unforced.clear();
            pool.writer();
        }

        private void failForce(Pool pool) throws IOException {
            append(pool);
            disk.failForceOf(path -> path.toString().endsWith(".seg"));
            try {
                pool.force();
            } catch (IOException failed) {
                assertThat(failed.getMessage()).containsAnyOf("Input/output error", "it was frozen");
            } finally {
                disk.failForceOf(path -> false);
            }
            unforced.clear();
            pool.writer();
        }
    }
}
