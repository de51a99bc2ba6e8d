package io.culvert.dedupe.pool;

import static io.culvert.dedupe.pool.PoolFixture.CLOCK;
import static io.culvert.dedupe.pool.PoolFixture.ROOT;
import static io.culvert.dedupe.pool.PoolFixture.append;
import static io.culvert.dedupe.pool.PoolFixture.assertReads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.ChunkRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PoolOwnershipTest {

    private final FaultDisk disk = new FaultDisk();
    private final Random random = new Random(9);
    private final Lease lease = new Lease();

    private Pool open(String owner, long revision) throws IOException {
        return PoolFixture.open(disk, new PoolOwnership(owner, new Fence(1, revision), lease));
    }

    @Test
    void opensUnderAHigherFenceOnly() throws IOException {
        Pool first = open("gateway-a", 5);
        for (long revision : new long[] {4, 5}) {
            assertThatThrownBy(() -> open("gateway-b", revision))
                    .isInstanceOf(NotOwnerException.class)
                    .hasMessage("gateway-b (fence 1." + revision
                            + ") may not write to pool main (/pool): it was opened by" + " gateway-a under fence 1.5");
        }
        List<byte[]> kept = append(first, random, 4, 1000);
        first.close();
        assertThatThrownBy(() -> open("gateway-a", 5))
                .as("a fence opens a pool once")
                .isInstanceOf(NotOwnerException.class);
        PoolOwnership later = new PoolOwnership("gateway-b", new Fence(2, 1), lease);
        try (Pool second = PoolFixture.open(disk, later)) {
            assertReads(second, kept);
        }
    }

    @Test
    void namesTheOwnerToWhoHasNoLease() throws IOException {
        Pool owned = open("gateway-a", 5);
        assertThatIOException()
                .isThrownBy(() -> PoolFixture.open(disk))
                .withMessageContaining("has an owner, gateway-a (fence 1.5)");
        disk.kill();
        assertThatIOException()
                .as("not closed in order")
                .isThrownBy(() -> PoolFixture.open(disk))
                .withMessageContaining("gateway-a");
        assertThat(owned.name()).isEqualTo("main");
        open("gateway-b", 6).close();
        PoolFixture.open(disk).close();
        open("gateway-c", 7).close();
    }

    @Test
    void keepsOutOwnersWhileItIsOpenWithoutOne() throws IOException {
        try (Pool alone = PoolFixture.open(disk)) {
            List<byte[]> kept = append(alone, random, 4, 1000);
            assertThatIOException().isThrownBy(() -> open("gateway-a", 5)).withMessageContaining("already in use");
            alone.force();
            assertReads(alone, kept);
        }
        open("gateway-a", 5).close();
    }

    @Test
    void isHandedOverInOrderWithoutATrace() throws IOException {
        List<byte[]> first;
        try (Pool pool = open("gateway-a", 5)) {
            first = append(pool, random, 4, 1000);
        }
        try (Pool pool = open("gateway-b", 6)) {
            assertThat(pool.recovery().isClean()).isTrue();
            assertThat(pool.recovery().scannedBytes()).isZero();
            assertReads(pool, first);
            append(pool, random, 4, 1000);
            assertThat(pool.usage().containers())
                    .as("goes on in the same container")
                    .isOne();
        }
        assertThat(disk.list(ROOT))
                .filteredOn(name -> name.startsWith("reserve"))
                .hasSize(1);
        try (Pool pool = PoolFixture.open(disk)) {
            assertReads(pool, first);
            assertThat(disk.list(ROOT)).contains("reserve");
        }
    }

    @Test
    void failsWhateverWritesOnceTheLeaseIsLostGoesOnReadingAndClosesWithoutWriting() throws IOException {
        Pool pool = open("gateway-a", 5);
        List<byte[]> kept = append(pool, random, 4, 1000);
        PoolWriter writer = pool.writer();
        pool.force();
        List<byte[]> unforced = append(pool, random, 4, 1000);
        ChunkRef root = TestSegments.ref(kept.getFirst());
        ClosureProof proof = pool.proveClosure(root, checked -> {});
        long before = disk.changes();
        lease.lose("its lease ran out");
        for (ThrowingCallable write : List.<ThrowingCallable>of(
                () -> append(pool, random, 1, 10),
                () -> pool.append(TestSegments.segment(kept), "what is here already"),
                pool::force,
                pool::writer,
                writer::force,
                () -> pool.snapshots().publish(PoolFixture.snapshot("20260131T120000-0123abcd", root), proof),
                () -> pool.fences().advance("seoul", "finance", new Fence(1, 8)))) {
            assertThatThrownBy(write)
                    .isInstanceOf(NotOwnerException.class)
                    .hasMessageContaining("gateway-a (fence 1.5)")
                    .hasMessageContaining("its lease ran out");
        }
        assertReads(pool, kept);
        assertReads(pool, unforced);
        assertThat(pool.usage().failure()).get().asString().contains("its lease ran out");
        lease.renew();
        assertThatIOException().isThrownBy(pool::force).withMessageContaining("its lease ran out");
        pool.close();
        assertThat(disk.changes()).as("closed without writing").isEqualTo(before);
        try (Pool next = open("gateway-b", 6)) {
            assertReads(next, kept);
        }
    }

    @Test
    void closesWithoutWritingWhenTheLeaseWasLostAndNobodyNoticed() throws IOException {
        Pool pool = open("gateway-a", 5);
        append(pool, random, 4, 1000);
        long before = disk.changes();
        lease.lose("its lease ran out");
        pool.close();
        assertThat(disk.changes()).isEqualTo(before);
    }

    @Test
    void leavesWhatTheFormerOwnerWroteToWhereItWasAndIgnoresWhatItAdds() throws IOException {
        Pool former = open("gateway-a", 5);
        List<byte[]> kept = append(former, random, 4, 1000);
        former.force();
        Path container = PoolFixture.newestContainer(disk);
        byte[] found = disk.bytes(container);
        List<byte[]> added;
        try (Pool next = open("gateway-b", 6)) {
            added = append(next, random, 4, 1000);
            next.force();
            assertThat(PoolFixture.newestContainer(disk).getFileName()).hasToString("0000000003.seg");
            disk.replace(container, Arrays.copyOf(found, found.length + 1000));
            disk.replace(container.resolveSibling("0000000002.seg"), new byte[7]);
            assertThat(next.verify((done, total, damages) -> {}).isSound()).isTrue();
            assertThat(next.usage().containers()).isEqualTo(2);
        }
        disk.kill();
        disk.delete(new PoolLayout(ROOT).index().resolve("current"));
        try (Pool last = PoolFixture.open(disk)) {
            assertThat(last.recovery().indexRebuilt()).isTrue();
            assertThat(last.recovery().isClean()).isTrue();
            assertReads(last, kept);
            assertReads(last, added);
            assertThat(last.verify((done, total, damages) -> {}).isSound()).isTrue();
        }
        disk.replace(container, Arrays.copyOf(found, found.length - 8));
        try (Pool damaged = PoolFixture.open(disk)) {
            assertThat(damaged.recovery().damages())
                    .as("what is sealed must be there")
                    .hasSize(1);
        }
    }

    @Test
    void takesOverFromAProcessThatStillHoldsItsLockOnARealDisk(@TempDir Path directory) throws IOException {
        PoolOpening opening = PoolOpening.of(PoolSettings.of("main", directory, 0), CLOCK);
        Pool former = Pool.open(opening.under(new PoolOwnership("gateway-a", new Fence(1, 5), lease)));
        List<byte[]> kept = append(former, random, 4, 1000);
        former.force();
        lease.lose("it was stopped");
        try (Pool next = Pool.open(opening.under(new PoolOwnership("gateway-b", new Fence(1, 6), new Lease())))) {
            assertThat(next.id()).isEqualTo(former.id());
            assertReads(next, kept);
            assertThatIOException().isThrownBy(former::force);
            former.close();
            append(next, random, 4, 1000);
            next.force();
        }
        Pool.open(opening).close();
    }

    @Test
    void knowsTheOwnerFromEitherCopyOfTheRecord() throws IOException {
        open("gateway-a", 5);
        Path copy = ROOT.resolve("owner-0");
        byte[] sound = disk.bytes(copy);
        for (Path damaged : List.of(copy, ROOT.resolve("owner-1"))) {
            disk.replace(damaged, new byte[] {1, 2, 3});
            assertThatIOException().isThrownBy(() -> PoolFixture.open(disk)).withMessageContaining("gateway-a");
            disk.replace(damaged, sound);
        }
        disk.replace(copy, new byte[0]);
        disk.replace(ROOT.resolve("owner-1"), new byte[0]);
        assertThatIOException()
                .isThrownBy(() -> open("gateway-b", 6))
                .withMessageContaining("who has it open is not known")
                .withMessageContaining("delete owner-0 and owner-1");
    }

    @Test
    void refusesAnOwnerWithoutAName() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PoolOwnership(" ", new Fence(1, 1), lease));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PoolOwnership("x".repeat(256), new Fence(1, 1), lease));
    }
}
