package io.culvert.dedupe.pool;

import static io.culvert.dedupe.pool.PoolFixture.CLOCK;
import static io.culvert.dedupe.pool.PoolFixture.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.segment.VerifiedSegment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The power is cut after every single byte of the last 64 KiB of a container, and the pool opened again. */
final class PowerCutTest {

    private static final int TAIL_BYTES = 64 << 10;

    /** Bytes from one cut to the next. */
    private static final int STEP = Integer.getInteger("culvert.pool.cutStep", 3);

    private static final PoolSettings SETTINGS = new PoolSettings("main", ROOT, 0, 1 << 20, 1 << 20, 16);

    /** A record: where it ends in the container and what it holds. */
    private record Appended(int endBytes, List<byte[]> chunks, List<ChunkRef> refs) {}

    @Test
    void bringsBackEveryWholeRecordWhateverByteTheFileEndsWith() throws IOException {
        FaultDisk disk = new FaultDisk();
        List<Appended> appended = fill(disk);
        Path container = PoolFixture.newestContainer(disk);
        byte[] whole = disk.bytes(container);
        FaultDisk copy = disk.copy();
        for (int end = whole.length; end >= whole.length - TAIL_BYTES; end -= STEP) {
            copy.kill();
            copy.replace(container, Arrays.copyOf(whole, end));
            try (Pool pool = Pool.open(SETTINGS, CLOCK, copy, Runnable::run)) {
                check(pool, appended, end);
                copy.stopAfter(0);
            } catch (IOException stopped) {
                assertThat(stopped).hasMessageContaining("the machine has stopped");
            }
        }
    }

    @Test
    void bringsBackEveryWholeRecordWhateverByteTheLastWriteWasTornAt() throws IOException {
        FaultDisk disk = new FaultDisk();
        List<Appended> appended = fill(disk);
        Path container = PoolFixture.newestContainer(disk);
        byte[] whole = disk.bytes(container);
        FaultDisk copy = disk.copy();
        byte[] garbage = new byte[whole.length];
        new Random(3).nextBytes(garbage);
        for (int end = whole.length; end >= whole.length - TAIL_BYTES; end -= 7) {
            copy.kill();
            byte[] torn = end % 2 == 0 ? new byte[whole.length] : garbage.clone();
            System.arraycopy(whole, 0, torn, 0, end);
            copy.replace(container, torn);
            try (Pool pool = Pool.open(SETTINGS, CLOCK, copy, Runnable::run)) {
                check(pool, appended, end);
                copy.stopAfter(0);
            } catch (IOException stopped) {
                assertThat(stopped).hasMessageContaining("the machine has stopped");
            }
        }
    }

    @Test
    void goesOnAppendingBehindACutTail() throws IOException {
        FaultDisk disk = new FaultDisk();
        List<Appended> appended = fill(disk);
        Path container = PoolFixture.newestContainer(disk);
        byte[] whole = disk.bytes(container);
        disk.replace(container, Arrays.copyOf(whole, whole.length - 5));
        try (Pool pool = Pool.open(SETTINGS, CLOCK, disk, Runnable::run)) {
            assertThat(pool.recovery().cutBytes()).isPositive();
            VerifiedSegment last = TestSegments.segment(appended.getLast().chunks());
            assertThat(pool.missing(appended.getLast().refs()).cardinality())
                    .isEqualTo(last.chunks().size());
            pool.append(last, "again");
            pool.force();
        }
        assertThat(disk.bytes(container)).hasSize(whole.length);
        try (Pool pool = Pool.open(SETTINGS, CLOCK, disk, Runnable::run)) {
            for (Appended each : appended) {
                PoolFixture.assertReads(pool, each.chunks());
            }
            assertThat(pool.verify((done, total, damages) -> {}).isSound()).isTrue();
        }
    }

    /** The index covers the beginning; the last 64 KiB and a little more are to be scanned. */
    private static List<Appended> fill(FaultDisk disk) throws IOException {
        Random random = new Random(11);
        List<Appended> appended = new ArrayList<>();
        try (Pool pool = Pool.open(SETTINGS, CLOCK, disk, Runnable::run)) {
            PoolFixture.appendMany(pool, random, 20);
        }
        Pool pool = Pool.open(SETTINGS, CLOCK, disk, Runnable::run);
        Path container = PoolFixture.newestContainer(disk);
        int start = disk.bytes(container).length;
        int end = start;
        while (end < start + TAIL_BYTES + 1000) {
            List<byte[]> chunks = PoolFixture.append(pool, random, 1 + random.nextInt(4), 1200);
            end = disk.bytes(container).length;
            appended.add(new Appended(end, chunks, TestSegments.refs(chunks)));
        }
        disk.kill();
        return appended;
    }

    private static void check(Pool pool, List<Appended> appended, int end) throws IOException {
        assertThat(pool.recovery().damages()).as("cut at %d", end).isEmpty();
        Appended lastWhole = null;
        for (Appended each : appended) {
            boolean whole = each.endBytes() <= end;
            int missing = pool.missing(each.refs()).cardinality();
            boolean padded = !whole && each.endBytes() - end < RecordHeader.ALIGNMENT_BYTES && missing == 0;
            if (missing != (whole || padded ? 0 : each.refs().size())) {
                assertThat(missing)
                        .as("cut at %d, record to %d", end, each.endBytes())
                        .isEqualTo(whole ? 0 : -1);
            }
            lastWhole = whole ? each : lastWhole;
        }
        boolean atTheEdge = lastWhole != null && end - lastWhole.endBytes() <= RecordHeader.ALIGNMENT_BYTES;
        if (lastWhole != null && (atTheEdge || end % 64 == 0)) {
            PoolFixture.assertReads(pool, lastWhole.chunks());
        }
    }
}
