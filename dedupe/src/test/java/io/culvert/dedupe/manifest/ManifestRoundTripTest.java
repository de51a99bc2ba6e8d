package io.culvert.dedupe.manifest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ManifestRoundTripTest {

    @Test
    void whatWasWrittenIsReadBack() throws IOException {
        for (long seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            List<ManifestRecord> records = TestTrees.random(random, 1 + random.nextInt(seed < 50 ? 300 : 5000));
            NodeStore store = new NodeStore();
            ManifestRoot root = store.write(records);
            assertThat(store.readAll(root)).as("seed %d", seed).isEqualTo(records);
            assertThat(root.entries())
                    .as("seed %d", seed)
                    .isEqualTo(records.stream().filter(Entry.class::isInstance).count());
            assertThat(root.sourceBytes())
                    .as("seed %d", seed)
                    .isEqualTo(records.stream()
                            .filter(Extents.class::isInstance)
                            .flatMap(extents -> ((Extents) extents).list().stream())
                            .mapToLong(Extent::lengthBytes)
                            .sum());
        }
    }

    @Test
    void theSameRecordsMakeTheSameManifest() throws IOException {
        List<ManifestRecord> records = TestTrees.random(new Random(7), 3000);
        assertThat(new NodeStore().write(records)).isEqualTo(new NodeStore().write(records));
    }

    @Test
    void aManifestWithoutEntriesIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> new NodeStore().writer().finish())
                .withMessageContaining("at least the entry of its root");
    }

    @Test
    void theRootAloneIsOneLeaf() throws IOException {
        NodeStore store = new NodeStore();
        ManifestRoot root = store.write(List.of(TestTrees.directory("")));
        assertThat(root.level()).isZero();
        assertThat(store.count()).isEqualTo(1);
        assertThat(store.readAll(root)).containsExactly(TestTrees.directory(""));
    }

    @Test
    void extentsOfAVolumeSpreadOverManyLeavesOfBoundedSize() throws IOException {
        Random random = new Random(1);
        NodeStore store = new NodeStore();
        ManifestWriter writer = store.writer();
        int count = 300_000;
        writer.entry(TestTrees.file("", count * 1000L));
        List<Extent> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Extent extent = i % 10 == 0 ? new Extent.Hole(1000) : new Extent.Data(TestTrees.chunk(random, 1000));
            expected.add(extent);
            writer.extent(extent);
        }
        ManifestRoot root = writer.finish();
        assertThat(root.level()).isBetween(1, 3);
        assertThat(store.leaves()).hasSizeGreaterThan(200);
        assertThat(store.leaves())
                .allSatisfy(leaf -> assertThat(leaf.lengthBytes()).isLessThan(2 * ManifestWriter.MAX_NODE_BYTES));
        assertThat(store.readAll(root)).containsExactly(TestTrees.file("", count * 1000L), new Extents(expected));
    }

    @Test
    void anEntryWithTooManyAttributesIsRefusedByName() throws IOException {
        ManifestWriter writer = new NodeStore().writer();
        writer.entry(TestTrees.directory(""));
        List<Entry.Xattr> xattrs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            xattrs.add(new Entry.Xattr("user.x" + i, Slice.of(new byte[60_000])));
        }
        assertThatExceptionOfType(EntryTooLargeException.class)
                .isThrownBy(() -> writer.entry(TestTrees.file("big", 0).withXattrs(xattrs)))
                .withMessageContaining("\"big\"");
    }

    @Test
    void theLargestEntriesStillMakeNodesThatMayBeSent() throws IOException {
        NodeStore store = new NodeStore();
        ManifestWriter writer = store.writer();
        writer.entry(TestTrees.directory(""));
        List<Entry.Xattr> xattrs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            xattrs.add(new Entry.Xattr("user.x" + i, Slice.of(new byte[65_000])));
        }
        List<ManifestRecord> expected = new ArrayList<>(List.of(TestTrees.directory("")));
        for (int i = 0; i < 50; i++) {
            Entry entry = TestTrees.file("f%03d".formatted(i), 0).withXattrs(i % 3 == 0 ? xattrs : List.of());
            expected.add(entry);
            writer.entry(entry);
        }
        ManifestRoot root = writer.finish();
        assertThat(store.leaves())
                .allSatisfy(leaf -> assertThat(leaf.lengthBytes()).isLessThan(ChunkRef.MAX_LENGTH_BYTES));
        assertThat(store.readAll(root)).isEqualTo(expected);
    }

    @Test
    void pathsThatShareALongPrefixDoNotBlowALeafUp() throws IOException {
        NodeStore store = new NodeStore();
        ManifestWriter writer = store.writer();
        List<ManifestRecord> expected = new ArrayList<>();
        PathBytes directory = PathBytes.ROOT;
        expected.add(TestTrees.directory(""));
        for (int i = 0; i < 250; i++) {
            directory = directory.resolve("d".repeat(250).getBytes(US_ASCII));
            expected.add(TestTrees.entry(directory, EntryType.DIRECTORY, 0, ""));
        }
        for (int i = 0; i < 1000; i++) {
            byte[] name = "file%05d".formatted(i).getBytes(US_ASCII);
            expected.add(TestTrees.entry(directory.resolve(name), EntryType.FIFO, 0, ""));
        }
        for (ManifestRecord record : expected) {
            writer.entry((Entry) record);
        }
        ManifestRoot root = writer.finish();
        for (ChunkRef leaf : store.leaves()) {
            assertThat(ManifestReader.records(Slice.of(store.bytes(leaf))).stream()
                            .mapToLong(record -> ((Entry) record).path().lengthBytes())
                            .sum())
                    .isLessThanOrEqualTo(LeafCodec.MAX_PATHS_BYTES);
        }
        assertThat(store.readAll(root)).isEqualTo(expected);
    }

    @Test
    void aLeafHasTheseBytes() throws IOException {
        NodeStore store = new NodeStore();
        ChunkRef chunk = new ChunkRef(
                Fingerprint.ofHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"), 1024);
        Entry.Timestamp epoch = new Entry.Timestamp(0, 0);
        Entry.Stamp none = new Entry.Stamp(0, epoch, epoch, 0);
        store.write(List.of(
                new Entry(
                        PathBytes.ROOT,
                        EntryType.DIRECTORY,
                        new Entry.Access(0755, 0, 0, "root", ""),
                        new Entry.Stamp(0, new Entry.Timestamp(1, 5), new Entry.Timestamp(-1, 0), 2),
                        0,
                        Slice.empty(),
                        List.of()),
                new Entry(
                        PathBytes.of("ab"),
                        EntryType.FILE,
                        new Entry.Access(0644, -1, 0, "", ""),
                        new Entry.Stamp(5120, epoch, epoch, 300),
                        0,
                        Slice.empty(),
                        List.of(new Entry.Xattr("user.x", Slice.of(new byte[] {1, 2})))),
                new Extents(List.of(new Extent.Data(chunk), new Extent.Hole(4096))),
                new Entry(
                        PathBytes.of("ac"),
                        EntryType.SYMLINK,
                        new Entry.Access(0777, 0, 0, "", ""),
                        none,
                        0,
                        Slice.of(new byte[] {'x'}),
                        List.of()),
                new Entry(
                        PathBytes.of("b"),
                        EntryType.CHARACTER_DEVICE,
                        new Entry.Access(0, 0, 0, "", ""),
                        none,
                        1L << 32 | 3,
                        Slice.empty(),
                        List.of())));
        assertThat(HexFormat.of().formatHex(store.bytes(store.leaves().getFirst())))
                .isEqualTo("4c01"
                        + "01" + "00" + "00" + "00" + "ed03" + "00" + "00" + "04726f6f74" + "00"
                        + "00" + "0205" + "0100" + "02" + "00"
                        + "01" + "00" + "026162" + "01" + "a403" + "ffffffff0f" + "00" + "00" + "00"
                        + "8028" + "0000" + "0000" + "ac02" + "01" + "06757365722e78" + "020102"
                        + "02" + "02"
                        + "8010" + "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                        + "8140"
                        + "01" + "01" + "0163" + "02" + "ff03" + "00" + "00" + "00" + "00"
                        + "00" + "0000" + "0000" + "00" + "0178" + "00"
                        + "01" + "00" + "0162" + "06" + "00" + "00" + "00" + "00" + "00"
                        + "00" + "0000" + "0000" + "00" + "8380808010" + "00");
    }

    @Test
    void anIndexNodeHasTheseBytes() throws IOException {
        String first = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        String second = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";
        IndexNode node = new IndexNode(
                2,
                List.of(
                        new IndexNode.Child(new ChunkRef(Fingerprint.ofHex(first), 5000), PathBytes.ROOT),
                        new IndexNode.Child(new ChunkRef(Fingerprint.ofHex(second), 127), PathBytes.of("ab"))));
        ByteWriter out = new ByteWriter();
        node.encode(out);
        assertThat(HexFormat.of().formatHex(out.written().toArray()))
                .isEqualTo("490102" + "8827" + first + "00" + "7f" + second + "026162");
        assertThat(IndexNode.decode(out.written())).isEqualTo(node);
    }
}
