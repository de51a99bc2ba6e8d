package io.culvert.dedupe.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ChunkIndexTest {

    private static final Path ROOT = Path.of("/index");
    private static final int MILLION = 1_000_000;
    private final FaultDisk disk = new FaultDisk();
    private final AtomicFile files = new AtomicFile(disk, new Reserve(disk, ROOT.resolve("reserve"), 16), "");
    private final Quarantine quarantine = new Quarantine(files, ROOT.resolve("damaged"));

    private ChunkIndex open() throws IOException {
        disk.createDirectories(ROOT);
        IndexFiles index = new IndexFiles(disk, files, ROOT, 0);
        Checkpoint checkpoint = index.hasCheckpoint() ? index.read() : Checkpoint.empty();
        return new ChunkIndex(index, quarantine, checkpoint, index.open(checkpoint));
    }

    private static Fingerprint key(long number) {
        SplittableRandom random = new SplittableRandom(number);
        return new Fingerprint(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private static Place place(int number) {
        return new Place(1 + number / 1000, number % 1000 * 64, number & 0xFFF, 1 + number % 70_000);
    }

    private static void insert(ChunkIndex index, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            if (index.room() == 0) {
                index.writeOut(new TreeMap<>());
                index.mergeDue();
            }
            index.insert(key(i), place(i));
        }
    }

    @Test
    void takesLessThanTwoAndAHalfBytesOfMemoryPerChunkAndFindsAMillion() throws IOException {
        try (ChunkIndex index = open()) {
            double most = 0;
            for (int filled = 0; filled < MILLION; filled += 50_000) {
                insert(index, filled, filled + 50_000);
                most = Math.max(most, filled < 500_000 ? 0 : index.memoryBytes() / (double) index.chunks());
            }
            assertThat(index.chunks()).isEqualTo(MILLION);
            assertThat(index.memoryBytes() / (double) MILLION).isLessThan(2.5);
            assertThat(most).as("also while it grows").isLessThan(2.5);
            assertThat(index.runCount()).isLessThan(16);
            for (int i = 0; i < MILLION; i += 7) {
                assertThat(index.find(key(i))).isEqualTo(place(i));
                assertThat(index.find(key(-1 - i))).isNull();
            }
        }
    }

    @Test
    void wouldTakeAtMostFortyMebibytesForATebibyteOf64KibChunks() {
        long chunks = (1L << 40) / (64 << 10);
        long filter = (long) SummaryFilter.blocksFor(chunks) * SummaryFilter.BLOCK_BYTES;
        long directory = 4 * Math.ceilDiv(chunks, RunHeader.PAGE_ENTRIES);
        long table = new MemoryTable(1 << 18).memoryBytes();
        assertThat(filter + directory + table).isLessThan(40L << 20);
    }

    @Test
    void letsGoOfTheMemoryOfARunThatWasClosed() throws IOException {
        try (ChunkIndex index = open()) {
            insert(index, 0, 1000);
            index.writeOut(new TreeMap<>());
        }
        Run run = Run.open(disk, ROOT.resolve("0000000001.run"));
        assertThat(run.memoryBytes()).isGreaterThan(1000);
        run.close();
        assertThat(run.memoryBytes())
                .as("a merge still knows the runs that it replaced")
                .isZero();
    }

    @Test
    void findsTheSameAfterReopening() throws IOException {
        try (ChunkIndex index = open()) {
            insert(index, 0, 100_000);
            index.writeOut(new TreeMap<>());
        }
        try (ChunkIndex index = open()) {
            assertThat(index.chunks()).isEqualTo(100_000);
            for (int i = 0; i < 100_000; i++) {
                assertThat(index.find(key(i))).isEqualTo(place(i));
            }
        }
    }

    @Test
    void findsKeysThatShareTheirLeadingBytes() throws IOException {
        try (ChunkIndex index = open()) {
            for (int i = 0; i < 2000; i++) {
                index.insert(new Fingerprint(0x7000000000000000L, i * 31L, 0, i), place(i));
            }
            index.writeOut(new TreeMap<>());
            for (int i = 0; i < 2000; i++) {
                assertThat(index.find(new Fingerprint(0x7000000000000000L, i * 31L, 0, i)))
                        .isEqualTo(place(i));
            }
            assertThat(index.find(new Fingerprint(0x7000000000000000L, 1, 0, 0)))
                    .isNull();
            assertThat(index.find(new Fingerprint(-1, -1, -1, -1))).isNull();
            assertThat(index.find(new Fingerprint(0, 0, 0, 0))).isNull();
        }
    }

    @Test
    void prefersTheNewPlaceOfAChunkWhoseOldOneIsQuarantined() throws IOException {
        try (ChunkIndex index = open()) {
            Place old = new Place(1, 640, 0, 100);
            Place fresh = new Place(9, 64, 3, 100);
            index.insert(key(1), old);
            index.writeOut(new TreeMap<>());
            assertThat(quarantine.add(1, 640, 1280)).isTrue();
            assertThat(quarantine.add(1, 640, 1280)).isFalse();
            assertThat(index.find(key(1))).isNull();
            index.insert(key(1), fresh);
            assertThat(index.find(key(1))).isEqualTo(fresh);
            for (int i = 0; i < 6; i++) {
                insert(index, 100 + i * 10, 110 + i * 10);
                index.writeOut(new TreeMap<>());
            }
            index.mergeDue();
            assertThat(index.find(key(1))).isEqualTo(fresh);
            assertThat(index.chunks()).as("the old entry went with the merge").isEqualTo(61);
            assertThat(index.find(key(105))).isEqualTo(place(105));
        }
    }

    @Test
    void namesARunWhosePageIsDamagedAndNeverAnswersFromIt() throws IOException {
        try (ChunkIndex index = open()) {
            insert(index, 0, 1000);
            index.writeOut(new TreeMap<>());
        }
        Path run = ROOT.resolve("0000000001.run");
        byte[] bytes = disk.bytes(run);
        for (int page = 1; page <= 12; page++) {
            bytes[page * RunHeader.PAGE_BYTES + 77 * page] ^= 4;
        }
        disk.replace(run, bytes);
        try (ChunkIndex index = open()) {
            for (int i = 0; i < 1000; i++) {
                Fingerprint key = key(i);
                assertThatThrownBy(() -> index.find(key))
                        .isInstanceOf(CorruptChunkException.class)
                        .hasMessageContaining("0000000001.run is damaged at page");
            }
        }
    }

    @Test
    void filterIsWrongForFewOfTheAbsentAndNoneOfThePresent() throws IOException {
        try (ChunkIndex index = open()) {
            insert(index, 0, 8000);
            index.writeOut(new TreeMap<>());
        }
        byte[] bytes = disk.bytes(ROOT.resolve("0000000001.run"));
        RunHeader header = RunHeader.decode(ByteBuffer.wrap(bytes), "run");
        SummaryFilter filter = new SummaryFilter(header.filterBlocks());
        filter.append(0, ByteBuffer.wrap(bytes).slice((int) header.filterOffset(), (int) filter.memoryBytes()));
        int wrong = 0;
        for (int i = 0; i < 8000; i++) {
            assertThat(filter.mayContain(key(i))).isTrue();
            wrong += filter.mayContain(key(-1 - i)) ? 1 : 0;
        }
        assertThat(wrong).isLessThan(8000 * 3 / 100);
    }

    @Test
    void forgetsWhatWasWithdrawn() throws IOException {
        try (ChunkIndex index = open()) {
            index.insert(key(1), new Place(3, 32, 0, 10));
            index.insert(key(2), new Place(3, 320, 0, 10));
            index.insert(key(3), new Place(4, 32, 0, 10));
            index.withdraw(3, 320);
            assertThat(index.find(key(1))).isNotNull();
            assertThat(index.find(key(2))).isNull();
            assertThat(index.find(key(3))).isNotNull();
            assertThat(index.rawBytes()).isEqualTo(20);
            assertThat(index.chunks()).isEqualTo(2);
        }
    }

    @Test
    void mergedRangesOfAQuarantineCoverAllTheirParts() throws IOException {
        disk.createDirectories(ROOT);
        for (int[] range : List.of(new int[] {10, 20}, new int[] {40, 50}, new int[] {0, 100}, new int[] {100, 110})) {
            quarantine.add(7, range[0], range[1]);
        }
        assertThat(quarantine.count()).isOne();
        assertThat(quarantine.contains(7, 0)).isTrue();
        assertThat(quarantine.contains(7, 30)).isTrue();
        assertThat(quarantine.contains(7, 109)).isTrue();
        assertThat(quarantine.contains(7, 110)).isFalse();
        assertThat(quarantine.contains(8, 30)).isFalse();
    }
}
