package io.culvert.gateway.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.ManifestWriter;
import io.culvert.dedupe.manifest.PathBytes;
import io.culvert.gateway.cli.LocalWork.RestoreSummary;
import io.culvert.gateway.replicate.RestoreStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RestoresTest {
    private static final byte[] DATA = "twelve bytes".getBytes(StandardCharsets.US_ASCII);
    private static final int HOLE_BYTES = 200_000;
    private static final Consumer<String> NOBODY = why -> {};

    private final Fingerprinter fingerprinter = Fingerprinter.fastest();

    @TempDir
    private Path directory;

    @Test
    void aTreeComesBackWithDataAndHoles() throws IOException {
        RestoreSummary summary = Restores.toDirectory(stream(tree()), directory.resolve("to"), NOBODY);
        assertThat(summary.entries()).isEqualTo(2);
        assertThat(Files.readAllBytes(directory.resolve("to/f"))).isEqualTo(expected());
    }

    @Test
    void aVolumeComesBackWithItsHoleAtTheEndInAFileAndInAPipe() throws IOException {
        Path file = directory.resolve("volume");
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            assertThat(Restores.toBytes(stream(volume()), out, NOBODY).bytes()).isEqualTo(expected().length);
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(expected());
        ByteArrayOutputStream pipe = new ByteArrayOutputStream();
        Restores.toBytes(stream(volume()), pipe, NOBODY);
        assertThat(pipe.toByteArray()).isEqualTo(expected());
    }

    @Test
    void everyCutIsAnErrorAndNotAnEnd() throws IOException {
        byte[] whole = stream(volume()).readAllBytes();
        for (int length = 0; length < whole.length; length++) {
            ByteArrayInputStream cut = new ByteArrayInputStream(Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Restores.toBytes(cut, new ByteArrayOutputStream(), NOBODY))
                    .as("cut at %d", length)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void dataThatDoesNotBelongIsRefused() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RestoreStream.Writer writer = new RestoreStream.Writer(bytes);
        writer.data(chunk(), Slice.of(DATA));
        writer.end();
        assertThatThrownBy(() -> Restores.toBytes(
                        new ByteArrayInputStream(bytes.toByteArray()), new ByteArrayOutputStream(), NOBODY))
                .hasMessageContaining("12 bytes of data where 0 belong");
    }

    @Test
    void aLeafBeforeTheDataOfTheOneBeforeIsRefused() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RestoreStream.Writer writer = new RestoreStream.Writer(bytes);
        Slice leaf = leaf(volume());
        writer.leaf(leaf);
        writer.leaf(leaf);
        writer.end();
        assertThatThrownBy(() -> Restores.toBytes(
                        new ByteArrayInputStream(bytes.toByteArray()), new ByteArrayOutputStream(), NOBODY))
                .hasMessageContaining("a leaf where 12 bytes of data belong");
    }

    @Test
    void theReasonOfTheGatewayComesThrough() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new RestoreStream.Writer(bytes).failed("chunk 00ff is damaged");
        assertThatThrownBy(() -> Restores.toTar(
                        new ByteArrayInputStream(bytes.toByteArray()), new ByteArrayOutputStream(), NOBODY))
                .hasMessage("chunk 00ff is damaged");
    }

    private ByteArrayInputStream stream(List<Entry> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RestoreStream.Writer writer = new RestoreStream.Writer(bytes);
        writer.leaf(leaf(entries));
        writer.data(chunk(), Slice.of(DATA));
        writer.end();
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    private Slice leaf(List<Entry> entries) throws IOException {
        List<Slice> leaves = new ArrayList<>();
        ManifestWriter manifest = new ManifestWriter(fingerprinter, (node, bytes, isLeaf) -> {
            if (isLeaf) {
                leaves.add(Slice.of(bytes.toArray()));
            }
        });
        for (Entry entry : entries) {
            manifest.entry(entry);
            if (entry.type() == EntryType.FILE) {
                manifest.extent(new Extent.Data(chunk()));
                manifest.extent(new Extent.Hole(HOLE_BYTES));
            }
        }
        manifest.finish();
        return leaves.getFirst();
    }

    private ChunkRef chunk() {
        return new ChunkRef(fingerprinter.of(DATA, 0, DATA.length), DATA.length);
    }

    private static List<Entry> volume() {
        return List.of(entry("", EntryType.FILE));
    }

    private static List<Entry> tree() {
        return List.of(entry("", EntryType.DIRECTORY), entry("f", EntryType.FILE));
    }

    private static Entry entry(String path, EntryType type) {
        long sizeBytes = type == EntryType.FILE ? DATA.length + HOLE_BYTES : 0;
        var time = new Entry.Timestamp(1_700_000_000, 5);
        return new Entry(
                PathBytes.of(path.getBytes(StandardCharsets.UTF_8)),
                type,
                new Entry.Access(0755, 0, 0, "root", "root"),
                new Entry.Stamp(sizeBytes, time, time, 7),
                0,
                Slice.empty(),
                List.of());
    }

    private static byte[] expected() {
        return Arrays.copyOf(DATA, DATA.length + HOLE_BYTES);
    }
}
