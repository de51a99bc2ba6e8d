package io.culvert.dedupe.pool;

import static io.culvert.dedupe.pool.PoolFixture.append;
import static io.culvert.dedupe.pool.PoolFixture.assertReads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.culvert.dedupe.chunk.ChunkRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FailedForceTest {

    private final FaultDisk disk = new FaultDisk();
    private final Random random = new Random(6);

    @Test
    void abandonsTheContainerWithdrawsWhatItLostAndRefusesUntilASessionStartsAnew() throws IOException {
        Pool pool = PoolFixture.open(disk);
        List<byte[]> durable = append(pool, random, 4, 1000);
        pool.force();
        Path container = PoolFixture.newestContainer(disk);
        int durableBytes = disk.bytes(container).length;
        List<byte[]> lost = append(pool, random, 4, 1000);
        ChunkRef root = TestSegments.ref(lost.getFirst());
        ClosureProof proof = pool.proveClosure(root, checked -> {});
        disk.failForceOf(container::equals);

        assertThatIOException()
                .isThrownBy(pool::force)
                .withMessageContaining("was abandoned")
                .withMessageContaining("Input/output error");
        disk.failForceOf(path -> false);
        assertThat(pool.missing(TestSegments.refs(lost)).cardinality()).isEqualTo(4);
        assertReads(pool, durable);
        assertThat(disk.bytes(container)).hasSize(durableBytes);
        assertThatIOException().as("never tried again").isThrownBy(pool::force).withMessageContaining("was abandoned");
        assertThatIOException().isThrownBy(() -> append(pool, random, 1, 10));

        pool.writer();
        assertThatIOException()
                .as("what the proof rests on is gone")
                .isThrownBy(
                        () -> pool.snapshots().publish(PoolFixture.snapshot("20260131T120000-0123abcd", root), proof))
                .withMessageContaining("run the job again");
        pool.append(TestSegments.segment(lost), "again");
        pool.force();
        assertThat(PoolFixture.newestContainer(disk)).isNotEqualTo(container);
        disk.cutPower(random);
        try (Pool again = PoolFixture.open(disk)) {
            assertReads(again, durable);
            assertReads(again, lost);
            assertThat(again.recovery().damages()).isEmpty();
        }
    }

    @Test
    void goesOnByItselfWhenTheDiskWritesAgainButNeverForASessionFromBefore() throws IOException {
        Pool pool = PoolFixture.open(disk);
        PoolWriter before = pool.writer();
        List<byte[]> durable = TestSegments.chunks(random, 4, 1000);
        before.append(TestSegments.segment(durable), "before");
        before.force();
        List<byte[]> lost = TestSegments.chunks(random, 4, 1000);
        before.append(TestSegments.segment(lost), "before");
        disk.failForceOf(path -> path.toString().endsWith(".seg"));
        assertThatIOException().isThrownBy(before::force).withMessageContaining("was abandoned");
        assertThat(pool.usage().failure()).get().asString().contains("was abandoned", "Input/output error");
        for (int i = 0; i < 3; i++) {
            assertThatIOException()
                    .as("a disk that still does not write")
                    .isThrownBy(pool::writer)
                    .withMessageContaining("Input/output error");
        }
        int containers =
                disk.list(new PoolLayout(PoolFixture.ROOT).containers()).size();
        assertThat(containers).as("attempts leave nothing behind").isOne();

        disk.failForceOf(path -> false);
        PoolWriter after = pool.writer();
        assertThat(pool.usage().failure()).isEmpty();
        assertThatIOException()
                .as("what it wrote is lost and must not be acknowledged")
                .isThrownBy(before::force)
                .withMessageContaining("since this session began");
        assertThatIOException().isThrownBy(() -> before.append(TestSegments.segment(lost), "before"));
        after.append(TestSegments.segment(lost), "after");
        after.force();
        assertThat(pool.writer()).as("nothing happens without a failure").isNotNull();
        disk.cutPower(random);
        try (Pool again = PoolFixture.open(disk)) {
            assertReads(again, durable);
            assertReads(again, lost);
            assertThat(again.recovery().damages()).isEmpty();
        }
    }

    @Test
    void showsNothingOfALostRecordToALaterProcessEvenIfItCouldNotBeCutOff() throws IOException {
        Pool pool = PoolFixture.open(disk);
        List<byte[]> durable = append(pool, random, 4, 1000);
        pool.force();
        List<byte[]> lost = append(pool, random, 4, 1000);
        Path container = PoolFixture.newestContainer(disk);
        byte[] withLost = disk.bytes(container);
        disk.failForceOf(container::equals);
        assertThatIOException().isThrownBy(pool::force);
        disk.kill();
        disk.failForceOf(path -> false);
        disk.replace(container, withLost);
        try (Pool again = PoolFixture.open(disk)) {
            assertThat(again.missing(TestSegments.refs(lost)).cardinality()).isEqualTo(4);
            assertReads(again, durable);
            again.append(TestSegments.segment(lost), "again");
            assertReads(again, lost);
        }
    }
}
