package io.culvert.dedupe.pool;

import static io.culvert.dedupe.pool.PoolFixture.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One bit is flipped, anywhere: it is found and named, or does not matter, and is never served. */
final class BitFlipTest {

    private final FaultDisk disk = new FaultDisk();
    private final Random random = new Random(21);
    private List<byte[]> chunks = new ArrayList<>();
    private final List<Path> damagedFiles = new ArrayList<>();

    @BeforeEach
    void fill() throws IOException {
        try (Pool pool = PoolFixture.open(disk)) {
            chunks = PoolFixture.appendMany(pool, random, 60);
            ChunkRef root = TestSegments.ref(chunks.getFirst());
            for (int i = 0; i < 3; i++) {
                pool.snapshots()
                        .publish(
                                PoolFixture.snapshot("2026013" + i + "T120000-0123abcd", root),
                                pool.proveClosure(root, checked -> {}));
            }
        }
    }

    private FaultDisk flipped(Path path, int at) {
        FaultDisk copy = disk.copy();
        byte[] bytes = copy.bytes(path);
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        copy.replace(path, bytes);
        return copy;
    }

    @Test
    void verifyFindsEveryFlipInAContainerAndNoReaderGetsIt() throws IOException {
        Path container = ROOT.resolve("containers/0000000001.seg");
        int size = disk.bytes(container).length;
        int padding = 0;
        for (int at = 0; at < size; at += at < 600 ? 1 : 1 + random.nextInt(401)) {
            try (Pool pool = PoolFixture.open(flipped(container, at))) {
                int served = serve(pool);
                VerifyReport report = pool.verify((done, total, damages) -> {});
                if (report.isSound()) {
                    padding++;
                    assertThat(served).as("flip at %d", at).isEqualTo(chunks.size());
                } else {
                    assertThat(report.damages())
                            .as("flip at %d", at)
                            .allSatisfy(damage -> assertThat(damage.file()).isEqualTo("0000000001.seg"));
                }
                assertThat(serve(pool)).as("what is damaged counts as missing").isEqualTo(present(pool));
            }
        }
        assertThat(padding).as("only the padding of records is unprotected").isLessThan(60);
    }

    @Test
    void storesAgainWhatWasFoundDamaged() throws IOException {
        Path container = ROOT.resolve("containers/0000000001.seg");
        try (Pool pool = PoolFixture.open(flipped(container, 300))) {
            assertThat(pool.verify((done, total, damages) -> {}).isSound()).isFalse();
            assertThat(present(pool)).isLessThan(chunks.size());
            for (byte[] chunk : chunks) {
                pool.append(TestSegments.passing(List.of(chunk)), "heal");
            }
            PoolFixture.assertReads(pool, chunks);
            VerifyReport again = pool.verify(TestSegments.refs(chunks), (done, total, damages) -> {});
            assertThat(again.isSound()).isTrue();
            assertThat(again.chunks()).isEqualTo(chunks.size());
        }
    }

    @Test
    void buildsTheIndexAgainWhenAnyOfItIsDamaged() throws IOException {
        List<Path> parts = new ArrayList<>();
        for (String name : disk.list(ROOT.resolve("index"))) {
            parts.add(ROOT.resolve("index").resolve(name));
        }
        assertThat(parts).hasSizeGreaterThan(1);
        for (Path part : parts) {
            byte[] bytes = disk.bytes(part);
            for (int at = 0; at < bytes.length; at += 1 + random.nextInt(bytes.length / 25)) {
                FaultDisk copy = flipped(part, at);
                try (Pool pool = PoolFixture.open(copy)) {
                    PoolFixture.assertReads(pool, chunks);
                } catch (CorruptChunkException named) {
                    assertThat(named).hasMessageContaining("is built again");
                    damagedFiles.add(part);
                    copy.kill();
                    try (Pool pool = PoolFixture.open(copy)) {
                        PoolFixture.assertReads(pool, chunks);
                    }
                }
            }
        }
        assertThat(damagedFiles).as("pages are checked when they are read").isNotEmpty();
    }

    @Test
    void losesTheIndexAndServesAllTheSame() throws IOException {
        for (String name : disk.list(ROOT.resolve("index"))) {
            disk.delete(ROOT.resolve("index").resolve(name));
        }
        try (Pool pool = PoolFixture.open(disk)) {
            assertThat(pool.recovery().indexRebuilt()).isTrue();
            PoolFixture.assertReads(pool, chunks);
        }
    }

    @Test
    void namesADamagedSnapshotAndListsTheOthers() throws IOException {
        String name = disk.list(ROOT.resolve("snapshots")).getFirst();
        Path path = ROOT.resolve("snapshots").resolve(name);
        int size = disk.bytes(path).length;
        for (int at = 0; at < size; at++) {
            try (Pool pool = PoolFixture.open(flipped(path, at))) {
                SnapshotList list = pool.snapshots().list();
                assertThat(list.snapshots()).hasSize(2);
                assertThat(list.damaged())
                        .singleElement()
                        .extracting(DamagedSnapshot::file)
                        .isEqualTo(name);
            }
        }
    }

    @Test
    void keepsTheFencesWhenOneOfTheirFilesIsDamaged() throws IOException {
        try (Pool pool = PoolFixture.open(disk)) {
            for (int i = 8; i < 12; i++) {
                pool.fences().advance("seoul", "finance", new Fence(1, i));
            }
        }
        for (String name : List.of("fences-0", "fences-1")) {
            int size = disk.bytes(ROOT.resolve(name)).length;
            for (int at = 0; at < size; at++) {
                try (Pool pool = PoolFixture.open(flipped(ROOT.resolve(name), at))) {
                    assertThat(pool.fences().highest("seoul", "finance").orElseThrow())
                            .isGreaterThanOrEqualTo(new Fence(1, 10));
                    assertThat(pool.recovery().notes())
                            .singleElement()
                            .asString()
                            .startsWith(name + " is damaged");
                }
            }
        }
    }

    @Test
    void namesContainersThatAreGoneOrCutShort() throws IOException {
        FaultDisk gone = disk.copy();
        gone.delete(ROOT.resolve("containers/0000000001.seg"));
        try (Pool pool = PoolFixture.open(gone)) {
            assertThat(pool.recovery().damages())
                    .singleElement()
                    .satisfies(damage -> assertThat(damage.reason()).contains("is missing"));
            assertThat(serve(pool)).isEqualTo(present(pool)).isLessThan(chunks.size());
        }
        FaultDisk shorter = disk.copy();
        Path newest = PoolFixture.newestContainer(disk);
        byte[] bytes = disk.bytes(newest);
        shorter.replace(newest, Arrays.copyOf(bytes, bytes.length - 2000));
        try (Pool pool = PoolFixture.open(shorter)) {
            assertThat(pool.recovery().damages())
                    .singleElement()
                    .satisfies(damage -> assertThat(damage.reason()).contains("too early"));
            assertThat(serve(pool)).isEqualTo(present(pool)).isLessThan(chunks.size());
            for (byte[] chunk : chunks) {
                pool.append(TestSegments.passing(List.of(chunk)), "heal");
            }
            PoolFixture.assertReads(pool, chunks);
        }
    }

    private int present(Pool pool) throws IOException {
        return chunks.size() - pool.missing(TestSegments.refs(chunks)).cardinality();
    }

    /** Reads each chunk alone; what is handed out must be right. */
    private int serve(Pool pool) throws IOException {
        int served = 0;
        for (byte[] chunk : chunks) {
            try {
                pool.read(List.of(TestSegments.ref(chunk)), (index, ref, data) -> {
                    assertThat(data.toArray()).isEqualTo(chunk);
                });
                served++;
            } catch (CorruptChunkException named) {
                assertThat(named.getMessage()).isNotBlank();
            }
        }
        return served;
    }
}
