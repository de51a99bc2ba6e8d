package io.culvert.gateway.replicate;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.Extents;
import io.culvert.dedupe.manifest.ManifestReader;
import io.culvert.dedupe.manifest.ManifestRecord;
import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PreviousScanTest {

    @TempDir
    private Path directory;

    private Path write(List<byte[]> leaves) throws IOException {
        Path file = directory.resolve("leaves");
        try (LeafFile.Writer writer = new LeafFile.Writer(file)) {
            for (byte[] leaf : leaves) {
                writer.add(Slice.of(leaf));
            }
        }
        return file;
    }

    /** A tree of some leaves, with a file whose extents spread over two of them. */
    private static Snapshots tree() throws IOException {
        Snapshots tree = new Snapshots().directory("");
        for (int i = 0; i < 400; i++) {
            tree.file("f%04d".formatted(i), "data of " + i, "more of " + i);
        }
        String[] texts = new String[4000];
        Arrays.setAll(texts, i -> "chunk " + i);
        tree.file("large", texts).file("last", "the end");
        tree.finish();
        return tree;
    }

    private static List<PreviousScan.Found> expected(List<byte[]> leaves) throws IOException {
        List<Entry> entries = new ArrayList<>();
        List<List<Extent>> extents = new ArrayList<>();
        for (byte[] leaf : leaves) {
            for (ManifestRecord record : ManifestReader.records(Slice.of(leaf))) {
                switch (record) {
                    case Entry entry -> {
                        entries.add(entry);
                        extents.add(new ArrayList<>());
                    }
                    case Extents more -> extents.getLast().addAll(more.list());
                }
            }
        }
        List<PreviousScan.Found> found = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            found.add(new PreviousScan.Found(entries.get(i), extents.get(i)));
        }
        return found;
    }

    @Test
    void everyEntryIsFoundWithItsExtents() throws IOException {
        List<byte[]> leaves = tree().leaves();
        assertThat(leaves).hasSizeGreaterThan(3);
        try (PreviousScan scan = new PreviousScan(write(leaves))) {
            for (PreviousScan.Found each : expected(leaves)) {
                assertThat(scan.at(each.entry().path())).contains(each);
            }
            assertThat(scan.at(PathBytes.of("zzz"))).isEmpty();
        }
    }

    @Test
    void whatIsNotAskedForIsPassedOver() throws IOException {
        List<byte[]> leaves = tree().leaves();
        try (PreviousScan scan = new PreviousScan(write(leaves))) {
            assertThat(scan.at(PathBytes.of("f0007-not-there"))).isEmpty();
            assertThat(scan.at(PathBytes.of("f0008"))).isPresent();
            assertThat(scan.at(PathBytes.of("f0008"))).as("a second time").isEmpty();
            assertThat(scan.at(PathBytes.of("f0007"))).as("going back").isEmpty();
            assertThat(scan.at(PathBytes.of("last")))
                    .hasValueSatisfying(found -> assertThat(found.extents()).hasSize(1));
        }
    }

    @Test
    void aScanThatIsNotThereFindsNothing() throws IOException {
        try (PreviousScan scan = new PreviousScan(directory.resolve("none"))) {
            assertThat(scan.at(PathBytes.ROOT)).isEmpty();
        }
    }

    @Test
    void aTornScanGivesNoFileWithoutAllItsExtents() throws IOException {
        List<byte[]> leaves = tree().leaves();
        List<PreviousScan.Found> whole = expected(leaves);
        Path file = write(leaves);
        byte[] bytes = Files.readAllBytes(file);
        for (int length = 0; length < bytes.length; length += 1 + bytes.length / 300) {
            Files.write(file, Arrays.copyOf(bytes, length));
            int found = 0;
            try (PreviousScan scan = new PreviousScan(file)) {
                for (PreviousScan.Found each : whole) {
                    Optional<PreviousScan.Found> there = scan.at(each.entry().path());
                    if (there.isPresent()) {
                        assertThat(there).as("torn at %d", length).contains(each);
                        found++;
                    }
                }
            }
            assertThat(found).isLessThan(whole.size());
        }
    }

    @Test
    void aLeafOfAnotherVersionEndsTheScan() throws IOException {
        List<byte[]> leaves = new ArrayList<>(tree().leaves());
        byte[] other = leaves.get(1).clone();
        other[1] = 9;
        leaves.set(1, other);
        List<PreviousScan.Found> first = expected(leaves.subList(0, 1));
        try (PreviousScan scan = new PreviousScan(write(leaves))) {
            assertThat(scan.at(first.getFirst().entry().path())).isPresent();
            assertThat(scan.at(PathBytes.of("last"))).isEmpty();
        }
    }
}
