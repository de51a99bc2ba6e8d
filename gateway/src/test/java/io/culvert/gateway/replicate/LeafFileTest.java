package io.culvert.gateway.replicate;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LeafFileTest {

    @TempDir
    private Path directory;

    private final List<Slice> leaves = new ArrayList<>();
    private Path file = Path.of("leaves");

    @BeforeEach
    void writeLeaves() throws IOException {
        file = directory.resolve("leaves");
        Random random = new Random(1);
        try (LeafFile.Writer writer = new LeafFile.Writer(file)) {
            for (int i = 0; i < 6; i++) {
                byte[] padded = new byte[10 + random.nextInt(60)];
                random.nextBytes(padded);
                Slice leaf = new Slice(padded, 3, padded.length - 5);
                leaves.add(Slice.of(leaf.toArray()));
                writer.add(leaf);
            }
        }
    }

    private List<Slice> read(byte[] bytes) throws IOException {
        Path copy = Files.write(directory.resolve("copy"), bytes);
        List<Slice> read = new ArrayList<>();
        try (LeafFile.Reader reader = new LeafFile.Reader(copy)) {
            for (Optional<Slice> next = reader.next(); next.isPresent(); next = reader.next()) {
                read.add(next.get());
            }
            assertThat(reader.next()).as("after the end").isEmpty();
        }
        return read;
    }

    private int wholeWithin(int bytes) {
        int end = 0;
        int whole = 0;
        for (Slice leaf : leaves) {
            end += 8 + leaf.length();
            whole += end <= bytes ? 1 : 0;
        }
        return whole;
    }

    @Test
    void leavesComeBackInOrder() throws IOException {
        assertThat(read(Files.readAllBytes(file))).isEqualTo(leaves);
    }

    @Test
    void aFileTornAtAnyByteGivesTheLeavesThatAreWhole() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int length = 0; length <= bytes.length; length++) {
            assertThat(read(Arrays.copyOf(bytes, length)))
                    .as("torn at %d", length)
                    .isEqualTo(leaves.subList(0, wholeWithin(length)));
        }
    }

    @Test
    void aFlippedBitAnywhereEndsTheFileThere() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 0; at < bytes.length; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            assertThat(read(damaged)).as("flipped at %d", at).isEqualTo(leaves.subList(0, wholeWithin(at)));
        }
    }
}
