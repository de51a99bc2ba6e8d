package io.culvert.dedupe.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.manifest.EntryType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SourceDataTest {

    private static final int BLOCK = VolumeSource.BLOCK_BYTES;

    /** What happens to the file between its last byte and the second look. */
    private interface Action {
        void on(Path file) throws IOException;
    }

    private static SourceData.Recheck recheckAfter(Action action) throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path file = Path.of(scratch.directory("source"), "file");
            Files.write(file, new byte[10_000]);
            List<SourceData.Recheck> results = new ArrayList<>();
            try (TreeScanner scanner =
                    TreeScanner.open(scratch.at("source"), TreeCopy.EVERYTHING, InstantSource.system())) {
                scanner.scan(new TreeVisitor() {
                    @Override
                    public void visit(ScannedEntry entry) throws IOException {
                        if (entry.type() == EntryType.FILE) {
                            try (SourceFile source = entry.open()) {
                                action.on(file);
                                drain(source);
                                results.add(source.recheck());
                            }
                        }
                    }

                    @Override
                    public void problem(ScanProblem problem) throws IOException {
                        throw new ScanProblemException(problem);
                    }
                });
            }
            return results.getFirst();
        }
    }

    /** The data, with holes as zeros. */
    private static byte[] drain(SourceData source) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[3 * BLOCK];
        while (true) {
            switch (source.next(buffer, 0, buffer.length)) {
                case Piece.Data data -> all.write(buffer, 0, data.lengthBytes());
                case Piece.Hole hole -> all.writeBytes(new byte[(int) hole.lengthBytes()]);
                case Piece.End end -> {
                    return all.toByteArray();
                }
            }
        }
    }

    @Test
    void aFileThatNobodyTouchesIsUnchanged() throws IOException {
        assertThat(recheckAfter(file -> {})).isEqualTo(SourceData.Recheck.UNCHANGED);
    }

    @Test
    void aWriteIsNoticedEvenIfTheModificationTimeIsPutBack() throws IOException {
        assertThat(recheckAfter(file -> {
                    var time = Files.getLastModifiedTime(file);
                    Files.write(file, new byte[10_000], StandardOpenOption.WRITE);
                    Files.setLastModifiedTime(file, time);
                }))
                .isEqualTo(SourceData.Recheck.CHANGED);
    }

    @Test
    void anAppendIsNoticed() throws IOException {
        assertThat(recheckAfter(file -> Files.write(file, new byte[1], StandardOpenOption.APPEND)))
                .isEqualTo(SourceData.Recheck.CHANGED);
    }

    @Test
    void aTruncationIsNoticed() throws IOException {
        assertThat(recheckAfter(file -> Files.write(file, new byte[5]))).isEqualTo(SourceData.Recheck.CHANGED);
    }

    @Test
    void aMovingFileIsReadAnewAfterItIsOpenedAgain() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path file = Path.of(scratch.directory("source"), "file");
            Files.writeString(file, "first");
            List<String> read = new ArrayList<>();
            TreeVisitor visitor = new TreeVisitor() {
                @Override
                public void visit(ScannedEntry entry) throws IOException {
                    if (entry.type() != EntryType.FILE) {
                        return;
                    }
                    for (SourceData.Recheck recheck = SourceData.Recheck.CHANGED;
                            recheck != SourceData.Recheck.UNCHANGED; ) {
                        try (SourceFile source = entry.open()) {
                            byte[] data = drain(source);
                            if (read.isEmpty()) {
                                Files.writeString(file, "second and longer");
                            }
                            recheck = source.recheck();
                            read.add(new String(data, java.nio.charset.StandardCharsets.UTF_8));
                            assertThat(entry.entry().stamp().sizeBytes()).isEqualTo(data.length);
                        }
                    }
                }

                @Override
                public void problem(ScanProblem problem) throws IOException {
                    throw new ScanProblemException(problem);
                }
            };
            try (TreeScanner scanner =
                    TreeScanner.open(scratch.at("source"), TreeCopy.EVERYTHING, InstantSource.system())) {
                scanner.scan(visitor);
            }
            assertThat(read).containsExactly("first", "second and longer");
        }
    }

    @Test
    void aVolumeGivesZeroBlocksAsHolesAndTheRestAsItIs() throws IOException {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            try (Scratch scratch = new Scratch()) {
                Path image = Path.of(scratch.at("image"));
                byte[] expected = writeImage(image, random);
                try (VolumeSource source = VolumeSource.open(image.toString())) {
                    assertThat(source.sizeBytes()).isEqualTo(expected.length);
                    assertThat(drain(source)).as("seed %d", seed).isEqualTo(expected);
                    assertThat(source.recheck()).isEqualTo(SourceData.Recheck.UNCHANGED);
                }
            }
        }
    }

    private static byte[] writeImage(Path image, Random random) throws IOException {
        byte[] expected = new byte[random.nextInt(20 * BLOCK)];
        for (int at = 0; at < expected.length; at += BLOCK) {
            if (random.nextInt(3) == 0) {
                expected[at + random.nextInt(Math.min(BLOCK, expected.length - at))] = 1;
            }
        }
        boolean sparse = random.nextBoolean();
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            for (int at = 0; at < expected.length; at += BLOCK) {
                byte[] block = Arrays.copyOfRange(expected, at, Math.min(at + BLOCK, expected.length));
                if (!sparse || !Arrays.equals(block, new byte[block.length])) {
                    file.seek(at);
                    file.write(block);
                }
            }
            file.setLength(expected.length);
        }
        return expected;
    }

    @Test
    void aVolumeOfZerosIsOneHole() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path image = Path.of(scratch.at("image"));
            Files.write(image, new byte[10 * BLOCK + 5]);
            try (VolumeSource source = VolumeSource.open(image.toString())) {
                byte[] buffer = new byte[BLOCK];
                assertThat(source.next(buffer, 0, BLOCK)).isEqualTo(new Piece.Hole(10 * BLOCK + 5));
                assertThat(source.next(buffer, 0, BLOCK)).isEqualTo(new Piece.End());
            }
        }
    }

    @Test
    void aVolumeThatIsWrittenToIsNoticed() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path image = Path.of(scratch.at("image"));
            Files.write(image, new byte[BLOCK]);
            Files.setLastModifiedTime(image, java.nio.file.attribute.FileTime.from(Instant.EPOCH));
            try (VolumeSource source = VolumeSource.open(image.toString())) {
                Files.write(image, new byte[] {1}, StandardOpenOption.WRITE);
                drain(source);
                assertThat(source.recheck()).isEqualTo(SourceData.Recheck.CHANGED);
            }
        }
    }

    @Test
    void aDirectoryIsNoVolume() throws IOException {
        try (Scratch scratch = new Scratch()) {
            assertThatThrownBy(() -> VolumeSource.open(scratch.path().toString()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is neither a regular file nor a block device but DIRECTORY");
        }
    }
}
