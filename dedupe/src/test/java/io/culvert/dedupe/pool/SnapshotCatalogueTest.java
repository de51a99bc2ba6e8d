package io.culvert.dedupe.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SnapshotCatalogueTest {

    private final FaultDisk disk = new FaultDisk();
    private Pool pool;
    private ChunkRef root;

    SnapshotCatalogueTest() throws IOException {
        pool = PoolFixture.open(disk);
        root = TestSegments.ref(new byte[] {1, 2, 3});
    }

    @BeforeEach
    void store() throws IOException {
        pool.append(TestSegments.segment(List.of(new byte[] {1, 2, 3})), "attempt-1");
    }

    @AfterEach
    void close() throws IOException {
        pool.close();
    }

    private Snapshot publish(String id) throws IOException {
        Snapshot snapshot = PoolFixture.snapshot(id, root).withProperties(Map.of("writers", "one", "이름", "값"));
        pool.snapshots().publish(snapshot, pool.proveClosure(root, checked -> {}));
        return snapshot;
    }

    @Test
    void forcesThePoolBeforeItPublishes() throws IOException {
        Snapshot snapshot = publish("20260131T120000-0123abcd");
        disk.cutPower(new Random(1));
        pool = PoolFixture.open(disk);
        assertThat(pool.snapshots().list().snapshots()).containsExactly(snapshot);
        assertThat(pool.contains(root.fingerprint())).isTrue();
    }

    @Test
    void publishesNothingWithoutAProofOfItsRoot() throws IOException {
        ClosureProof other = pool.proveClosure(TestSegments.ref(new byte[] {9}), checked -> {});
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> pool.snapshots().publish(PoolFixture.snapshot("20260131T120000-0123abcd", root), other));
        assertThatThrownBy(() -> pool.proveClosure(root, checked -> {
                    throw new CorruptChunkException("chunk " + checked + " is missing");
                }))
                .isInstanceOf(CorruptChunkException.class);
        assertThat(pool.snapshots().list().snapshots()).isEmpty();
    }

    @Test
    void findsByIdOrBeginning() throws IOException {
        Snapshot one = publish("20260131T120000-0123abcd");
        Snapshot two = publish("20260131T120000-0456abcd");
        SnapshotCatalogue snapshots = pool.snapshots();
        assertThat(snapshots.find(one.id())).isEqualTo(new SnapshotLookup.Found(one));
        assertThat(snapshots.find("20260131T120000-04")).isEqualTo(new SnapshotLookup.Found(two));
        assertThat(snapshots.find("2026")).isEqualTo(new SnapshotLookup.Ambiguous("2026", List.of(one.id(), two.id())));
        assertThat(snapshots.find("2027")).isEqualTo(new SnapshotLookup.Missing("2027"));
        assertThat(snapshots.find("")).isEqualTo(new SnapshotLookup.Missing(""));
        assertThat(snapshots.find("../format")).isEqualTo(new SnapshotLookup.Missing("../format"));
    }

    @Test
    void deletesOneFileAndNothingElse() throws IOException {
        publish("20260131T120000-0123abcd");
        Snapshot two = publish("20260131T120001-0123abcd");
        List<String> containers = disk.list(PoolFixture.ROOT.resolve("containers"));
        assertThat(pool.snapshots().delete("20260131T120000-0123abcd")).isTrue();
        assertThat(pool.snapshots().delete("20260131T120000-0123abcd")).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> pool.snapshots().delete("../format"));
        disk.cutPower(new Random(2));
        pool = PoolFixture.open(disk);
        assertThat(pool.snapshots().list().snapshots()).containsExactly(two);
        assertThat(disk.list(PoolFixture.ROOT.resolve("containers"))).isEqualTo(containers);
        assertThat(pool.contains(root.fingerprint())).isTrue();
    }

    @Test
    void publishesTheSameTwiceButNeverAnotherUnderOneId() throws IOException {
        Snapshot snapshot = publish("20260131T120000-0123abcd");
        publish(snapshot.id());
        assertThatIOException()
                .isThrownBy(() -> pool.snapshots()
                        .publish(snapshot.withProperties(Map.of()), pool.proveClosure(root, checked -> {})))
                .withMessageContaining("another snapshot has the id");
        assertThat(pool.snapshots().list().snapshots()).containsExactly(snapshot);
    }

    @Test
    void refusesAnOwnerThatWasReplaced() throws IOException {
        pool.fences().advance("seoul", "finance", new Fence(1, 8));
        assertThatThrownBy(() -> publish("20260131T120000-0123abcd"))
                .isInstanceOf(FencedException.class)
                .hasMessageContaining("seoul/finance has a newer owner: fence 1.7 came after 1.8");
        assertThatThrownBy(() -> pool.fences().advance("seoul", "finance", new Fence(0, 99)))
                .isInstanceOf(FencedException.class);
        pool.fences().advance("seoul", "finance", new Fence(1, 8));
        pool.fences().advance("seoul", "finance", new Fence(2, 1));
        pool.fences().advance("seoul", "hr", new Fence(0, 1));
        disk.cutPower(new Random(3));
        pool = PoolFixture.open(disk);
        assertThat(pool.fences().highest("seoul", "finance")).contains(new Fence(2, 1));
        assertThat(pool.fences().highest("seoul", "hr")).contains(new Fence(0, 1));
        assertThat(pool.fences().highest("busan", "hr")).isEmpty();
    }

    @Test
    void makesIdsThatSortByTime() {
        Random random = new Random(4);
        String id = Snapshot.newId(PoolFixture.CLOCK, random);
        assertThat(id).startsWith("20260131T120000-").hasSize(24);
        assertThat(Snapshot.isId(id)).isTrue();
        assertThat(Snapshot.newId(PoolFixture.CLOCK, random)).isNotEqualTo(id);
        assertThatIllegalArgumentException().isThrownBy(() -> PoolFixture.snapshot("../../etc/passwd", root));
    }

    @Test
    void writesTheseBytes() throws CorruptChunkException {
        Snapshot snapshot = PoolFixture.snapshot(
                        "20260131T120000-0123abcd", new ChunkRef(new Fingerprint(1, 2, 3, 4), 4096))
                .withProperties(Map.of("k", "v"));
        String golden = "43534e500000000100183230323630313331543132303030302d303132336162636400076669"
                + "6e616e63650005" + "73656f756c000474726565" + "0009617474656d70742d31" + "00076d6f6e74686c79"
                + "00000000697deec0" + "00000000" + "0000000000000001" + "0000000000000007"
                + "0000000000000001000000000000000200000000000000030000000000000004" + "00001000" + "00000002"
                + "0000000000000011" + "0000000000001267" + "0001" + "00016b" + "000176";
        ByteBuffer bytes = SnapshotFormat.encode(snapshot);
        byte[] all = new byte[bytes.remaining()];
        bytes.get(0, all);
        assertThat(HexFormat.of().formatHex(all, 0, all.length - 4)).isEqualTo(golden);
        assertThat(SnapshotFormat.decode(bytes)).isEqualTo(snapshot);
    }

    @Test
    void decodesAnyBytesToASnapshotOrARefusal() {
        Random random = new Random(5);
        byte[] good = SnapshotFormat.encode(PoolFixture.snapshot("20260131T120000-0123abcd", root))
                .array();
        for (int i = 0; i < 20_000; i++) {
            int length = 12 + random.nextInt(200);
            ByteBuffer bytes = ByteBuffer.allocate(length);
            bytes.put(good, 0, Math.min(length - 4, random.nextInt(200)));
            bytes.put(random.nextInt(length - 4), (byte) random.nextInt());
            bytes.putInt(length - 4, RecordHeader.crc(bytes, 0, length - 4)).clear();
            try {
                assertThat(SnapshotFormat.decode(bytes).id()).isNotBlank();
            } catch (CorruptChunkException refused) {
                assertThat(refused.getMessage()).isNotBlank();
            }
        }
    }
}
