package io.culvert.dedupe.pool;

import static io.culvert.dedupe.pool.PoolFixture.CLOCK;
import static io.culvert.dedupe.pool.PoolFixture.append;
import static io.culvert.dedupe.pool.PoolFixture.assertReads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.culvert.dedupe.chunk.ChunkRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FullPoolTest {

    private final FaultDisk disk = new FaultDisk();
    private final Random random = new Random(5);

    @Test
    void refusesBeyondItsQuotaWithNumbersAndGoesOnUnderABiggerOne() throws IOException {
        List<byte[]> kept = new ArrayList<>();
        PoolSettings small = PoolFixture.settings(50_000);
        try (Pool pool = Pool.open(small, CLOCK, disk, Runnable::run)) {
            PoolFullException full = fill(pool, kept);
            assertThat(full)
                    .hasMessageContaining("pool main is full")
                    .hasMessageContaining("quota of 50,000 bytes")
                    .hasMessageContaining("raise the quota in the site file");
            assertThat(full.pool()).isEqualTo("main");
            assertThat(full.neededBytes()).isPositive().isGreaterThan(full.availableBytes());
            assertThat(pool.usage().usedBytes()).isLessThanOrEqualTo(50_000);
            pool.append(TestSegments.segment(kept.subList(0, 2)), "what is here needs no room");
            assertReads(pool, kept);
        }
        try (Pool pool = Pool.open(PoolFixture.settings(200_000), CLOCK, disk, Runnable::run)) {
            kept.addAll(append(pool, random, 4, 1000));
            assertReads(pool, kept);
        }
    }

    @Test
    void keepsWhatItHasOnAFullDiskAndGoesOnWhenThereIsRoomWithoutReopening() throws IOException {
        List<byte[]> kept = new ArrayList<>();
        try (Pool pool = PoolFixture.open(disk)) {
            for (int room = 0; room < 3; room++) {
                disk.capacity(disk.usedBytes() + 30_000);
                assertThat(fill(pool, kept)).hasMessageContaining("the disk of pool main (/pool) is full");
                assertReads(pool, kept);
            }
            pool.force();
            disk.capacity(Long.MAX_VALUE);
            kept.addAll(append(pool, random, 4, 1000));
            assertReads(pool, kept);
        }
        try (Pool pool = PoolFixture.open(disk)) {
            assertReads(pool, kept);
            assertThat(pool.verify((done, total, damages) -> {}).isSound()).isTrue();
        }
    }

    @Test
    void publishesASnapshotOnAFullDisk() throws IOException {
        List<byte[]> kept = new ArrayList<>();
        try (Pool pool = PoolFixture.open(disk)) {
            disk.capacity(disk.usedBytes() + 30_000);
            fill(pool, kept);
            disk.capacity(disk.usedBytes());
            ChunkRef root = TestSegments.ref(kept.getFirst());
            for (int i = 0; i < 3; i++) {
                Snapshot snapshot = PoolFixture.snapshot("20260131T12000" + i + "-0123abcd", root);
                pool.snapshots().publish(snapshot, pool.proveClosure(root, checked -> {}));
            }
            assertThat(pool.snapshots().list().snapshots()).hasSize(3);
            assertThatThrownBy(() -> append(pool, random, 1, 10))
                    .as("what is left is for snapshots")
                    .isInstanceOf(PoolFullException.class);
            disk.capacity(disk.usedBytes() + 20_000);
            append(pool, random, 1, 10);
            assertThat(disk.exists(PoolFixture.ROOT.resolve("reserve"))).isTrue();
        }
    }

    @Test
    void opensOnAFullDiskAndServes() throws IOException {
        List<byte[]> kept = new ArrayList<>();
        Pool killed = PoolFixture.open(disk);
        disk.capacity(disk.usedBytes() + 30_000);
        fill(killed, kept);
        killed.force();
        disk.kill();
        disk.capacity(disk.usedBytes());
        Pool pool = PoolFixture.open(disk);
        assertReads(pool, kept);
        assertThat(fill(pool, kept)).as("still full").isNotNull();
        assertReads(pool, kept);
        disk.capacity(Long.MAX_VALUE);
        pool.close();
    }

    private PoolFullException fill(Pool pool, List<byte[]> kept) {
        return catchThrowableOfType(PoolFullException.class, () -> {
            for (int i = 0; i < 1000; i++) {
                kept.addAll(append(pool, random, 4, 1000));
            }
        });
    }
}
