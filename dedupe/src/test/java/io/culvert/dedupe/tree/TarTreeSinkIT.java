package io.culvert.dedupe.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.PathBytes;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;

/** What the archive is worth to GNU tar. */
class TarTreeSinkIT {

    private static RestoreReport archive(String source, String file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(Path.of(file)));
                TarTreeSink sink = new TarTreeSink(out)) {
            return TreeCopy.copy(source, sink);
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + ": " + said)
                .isZero();
    }

    @Test
    void gnuTarUnpacksRandomTreesAsTheyWere() throws IOException, InterruptedException {
        for (long seed = 1000; seed < 1010; seed++) {
            System.out.println("random tree for GNU tar, seed " + seed);
            try (Scratch scratch = new Scratch();
                    RandomTree tree = new RandomTree(scratch.directory("source"), new Random(seed))) {
                tree.fill();

                archive(scratch.at("source"), scratch.at("archive.tar"));
                run(
                        "tar",
                        "-x",
                        "-p",
                        "--numeric-owner",
                        "--xattrs",
                        "--xattrs-include=*",
                        "--delay-directory-restore",
                        "-f",
                        scratch.at("archive.tar"),
                        "-C",
                        scratch.directory("target"));

                assertThat(withoutHoles(scratch.at("target")))
                        .as("seed %d", seed)
                        .isEqualTo(withoutHoles(scratch.at("source")));
            }
        }
    }

    /** An archive has zeros for holes. */
    private static List<TreeSnapshot.Item> withoutHoles(String root) throws IOException {
        return TreeSnapshot.of(root).stream()
                .map(item -> new TreeSnapshot.Item(item.entry(), item.checksum(), false))
                .toList();
    }

    @Test
    void namesOfEveryLengthArriveWhole() throws IOException, InterruptedException {
        try (Scratch scratch = new Scratch()) {
            Path source = Path.of(scratch.directory("source"));
            for (int length : List.of(97, 98, 99, 100, 101, 154, 155, 156, 255)) {
                Files.createDirectories(source.resolve("d".repeat(length)));
                Files.writeString(source.resolve("d".repeat(length)).resolve("f".repeat(length)), "" + length);
                Files.createSymbolicLink(source.resolve("l" + length), Path.of("x".repeat(length)));
            }
            archive(source.toString(), scratch.at("archive.tar"));
            run("tar", "-x", "-p", "-f", scratch.at("archive.tar"), "-C", scratch.directory("target"));
            assertThat(withoutHoles(scratch.at("target"))).isEqualTo(withoutHoles(source.toString()));
        }
    }

    @Test
    void leavesSocketsOutAndSaysSo() throws IOException {
        TarTreeSink sink = new TarTreeSink(new ByteArrayOutputStream());
        sink.begin(Entries.of("listen", EntryType.SOCKET, 0666, 0, 0, ""));
        sink.begin(Entries.hardLink("listen too", "listen"));
        RestoreReport report = sink.finish();
        assertThat(report.notes())
                .extracting(RestoreNote::kind)
                .containsExactly(RestoreNote.Kind.SOCKET, RestoreNote.Kind.HARD_LINK);
    }

    @Test
    void anArchiveThatWasGivenUpHasNoEndMark() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarTreeSink sink = new TarTreeSink(out)) {
            sink.begin(Entries.file("f", 4));
            sink.data(Slice.of(new byte[2]));
            assertThatThrownBy(sink::finish)
                    .isInstanceOf(RefusedEntryException.class)
                    .hasMessageContaining("2 bytes of its data did not come");
        }
        List<PathBytes> read = new ArrayList<>();
        assertThatThrownBy(() -> {
                    try (TarArchiveInputStream in =
                            new TarArchiveInputStream(new ByteArrayInputStream(out.toByteArray()))) {
                        for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                            in.readAllBytes();
                            read.add(PathBytes.of(entry.getName()));
                        }
                        throw new IOException("the archive ended as if it were whole: " + read);
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageNotContaining("as if it were whole");
    }

    @Test
    void refusesWhatAWriterWouldRefuse() throws IOException {
        TarTreeSink sink = new TarTreeSink(new ByteArrayOutputStream());
        sink.begin(Entries.directory("b"));
        assertThatThrownBy(() -> sink.begin(Entries.directory("a"))).isInstanceOf(RefusedEntryException.class);
    }
}
