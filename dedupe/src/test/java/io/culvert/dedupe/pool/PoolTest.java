package io.culvert.dedupe.pool;

import static io.culvert.dedupe.pool.PoolFixture.CLOCK;
import static io.culvert.dedupe.pool.PoolFixture.ROOT;
import static io.culvert.dedupe.pool.PoolFixture.append;
import static io.culvert.dedupe.pool.PoolFixture.appendMany;
import static io.culvert.dedupe.pool.PoolFixture.assertReads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.segment.VerifiedSegment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PoolTest {

    private final FaultDisk disk = new FaultDisk();
    private final Random random = new Random(1);

    @Test
    void servesWhatWasAppendedAtOnceAndAfterReopening() throws IOException {
        List<byte[]> chunks;
        try (Pool pool = PoolFixture.open(disk)) {
            chunks = appendMany(pool, random, 100);
            assertReads(pool, chunks);
        }
        try (Pool pool = PoolFixture.open(disk)) {
            assertThat(pool.recovery().isClean()).isTrue();
            assertThat(pool.recovery()).asString().doesNotContain("[", "damaged");
            assertThat(pool.recovery().scannedBytes())
                    .as("closed cleanly: nothing to scan")
                    .isZero();
            assertReads(pool, chunks);
            chunks.addAll(appendMany(pool, random, 100));
            assertReads(pool, chunks);
            assertThat(pool.usage().chunks()).isEqualTo(chunks.size());
            assertThat(pool.usage().rawBytes())
                    .isEqualTo(chunks.stream().mapToLong(c -> c.length).sum());
            assertThat(pool.usage().containers()).isGreaterThan(3);
        }
    }

    @Test
    void tellsWhatIsMissing() throws IOException {
        try (Pool pool = PoolFixture.open(disk)) {
            List<byte[]> here = append(pool, random, 5, 1000);
            List<byte[]> elsewhere = TestSegments.chunks(random, 5, 1000);
            List<ChunkRef> asked = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                asked.add(TestSegments.ref(here.get(i)));
                asked.add(TestSegments.ref(elsewhere.get(i)));
            }
            assertThat(pool.missing(asked).stream()).containsExactly(1, 3, 5, 7, 9);
            assertThat(pool.contains(asked.get(0).fingerprint())).isTrue();
            assertThat(pool.contains(asked.get(1).fingerprint())).isFalse();
            ChunkRef lie = new ChunkRef(asked.get(0).fingerprint(), asked.get(0).lengthBytes() + 1);
            assertThat(pool.missing(List.of(lie)).cardinality())
                    .as("right name, wrong length")
                    .isOne();
            assertThatThrownBy(() -> pool.read(List.of(asked.get(1)), (i, ref, data) -> {}))
                    .isInstanceOf(CorruptChunkException.class)
                    .hasMessageContaining("is not in the pool");
        }
    }

    @Test
    void storesNothingTwice() throws IOException {
        try (Pool pool = PoolFixture.open(disk)) {
            List<byte[]> chunks = append(pool, random, 8, 1000);
            PoolUsage before = pool.usage();
            pool.append(TestSegments.segment(chunks), "attempt-2");
            assertThat(pool.usage()).isEqualTo(before);
            List<byte[]> partly = new ArrayList<>(chunks.subList(0, 3));
            partly.addAll(TestSegments.chunks(random, 3, 1000));
            partly.add(partly.getLast());
            pool.append(TestSegments.segment(partly), "attempt-2");
            assertThat(pool.usage().chunks()).isEqualTo(11);
            assertReads(pool, partly);
        }
    }

    @Test
    void refusesASecondOpenerAndSaysWhy(@TempDir Path directory) throws IOException {
        PoolSettings settings = PoolSettings.of("main", directory.resolve("p"), 0);
        try (Pool pool = Pool.open(settings, CLOCK)) {
            assertThat(pool.name()).isEqualTo("main");
            assertThatIOException()
                    .isThrownBy(() -> Pool.open(settings, CLOCK))
                    .withMessageContaining("pool main")
                    .withMessageContaining("already in use by this process");
        }
        Pool.open(settings, CLOCK).close();
    }

    @Test
    void refusesADirectoryThatIsNotAPool() throws IOException {
        disk.createDirectories(ROOT);
        disk.replace(ROOT.resolve("family.jpg"), new byte[] {1});
        assertThatIOException().isThrownBy(() -> PoolFixture.open(disk)).withMessageContaining("is not a pool");
        assertThat(disk.list(ROOT)).containsExactly("family.jpg");
    }

    @Test
    void refusesALayoutOfALaterVersion() throws IOException {
        PoolFixture.open(disk).close();
        disk.replace(ROOT.resolve("format"), "culvert pool, layout 9\n".getBytes(StandardCharsets.UTF_8));
        assertThatIOException().isThrownBy(() -> PoolFixture.open(disk)).withMessageContaining("another version");
    }

    @Test
    void forwardsStoredSegmentsAsTheyCame() throws IOException {
        try (Pool pool = PoolFixture.open(disk)) {
            List<byte[]> first = TestSegments.chunks(random, 6, 1000);
            List<byte[]> second = TestSegments.chunks(random, 6, 1000);
            VerifiedSegment one = TestSegments.segment(first);
            VerifiedSegment two = TestSegments.segment(second);
            pool.append(one, "a");
            pool.append(two, "a");
            List<StoredSegment> located =
                    pool.locate(TestSegments.refs(List.of(second.get(4), first.get(2), second.get(1), first.get(2))));
            assertThat(located).hasSize(2);
            assertThat(located.get(0).chunks()).isEqualTo(two.chunks());
            assertThat(located.get(0).wanted()).containsExactly(1, 4);
            assertThat(located.get(1).wanted()).containsExactly(2);
            assertThat(pool.load(located.get(0)).payload())
                    .isEqualTo(two.segment().payload());
            assertThat(pool.load(located.get(1)).codec())
                    .isEqualTo(one.segment().codec());
            assertThatThrownBy(() -> pool.locate(List.of(TestSegments.ref(new byte[] {9, 9}))))
                    .isInstanceOf(CorruptChunkException.class);
        }
    }

    @Test
    void findsEverythingThroughManyRunsAndMerges() throws IOException {
        List<byte[]> all = new ArrayList<>();
        try (Pool pool = PoolFixture.open(disk)) {
            for (int i = 0; i < 40_000; i += 1000) {
                List<byte[]> chunks = new ArrayList<>();
                for (int j = 0; j < 1000; j++) {
                    chunks.add(ByteBuffer.allocate(4).putInt(i + j).array());
                }
                pool.append(TestSegments.segment(chunks), "a");
                all.addAll(chunks);
            }
            assertThat(pool.missing(TestSegments.refs(all)).cardinality()).isZero();
            assertThat(pool.usage().chunks()).isEqualTo(40_000);
        }
        try (Pool pool = PoolFixture.open(disk)) {
            assertThat(pool.missing(TestSegments.refs(all)).cardinality()).isZero();
            assertReads(pool, all.subList(17_000, 19_000));
        }
    }

    @Test
    void refusesToWriteOnceClosed() throws IOException {
        Pool pool = PoolFixture.open(disk);
        pool.close();
        pool.close();
        assertThatIOException().isThrownBy(() -> append(pool, random, 1, 10)).withMessageContaining("closed");
        assertThatIOException()
                .isThrownBy(() -> pool.contains(TestSegments.fingerprint(new byte[1])))
                .withMessageContaining("closed");
    }
}
