package io.culvert.gateway.relay.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two storages are told apart by nothing but where their bytes are. */
final class RingFileTest {

    private static final int SIZE_BYTES = 1000;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    @Test
    void readsWhatTheRingInMemoryReads() throws IOException {
        Random random = new Random(6);
        try (RingFile file = RingFile.open(directory.resolve("ring"), SIZE_BYTES)) {
            MemoryRing memory = new MemoryRing(SIZE_BYTES);
            byte[] bytes = new byte[SIZE_BYTES];
            byte[] expected = new byte[SIZE_BYTES];
            for (int i = 0; i < 2000; i++) {
                long position = random.nextLong(1L << 40);
                int length = random.nextInt(SIZE_BYTES);
                int offset = random.nextInt(SIZE_BYTES - length);
                if (random.nextInt(10) == 0) {
                    random.nextBytes(bytes);
                    file.write(position, bytes, offset, length);
                    memory.write(position, bytes, offset, length);
                } else {
                    file.read(position, bytes, offset, length);
                    memory.read(position, expected, offset, length);
                    assertThat(bytes).isEqualTo(expected);
                }
                System.arraycopy(bytes, 0, expected, 0, SIZE_BYTES);
            }
        }
    }

    @Test
    void goesOnWhenAThreadThatUsesItIsInterrupted() throws IOException {
        try (RingFile ring = RingFile.open(directory.resolve("ring"), SIZE_BYTES)) {
            Thread.currentThread().interrupt();
            ring.write(7, new byte[] {1, 2, 3}, 0, 3);
            assertThat(Thread.interrupted()).as("it stays interrupted").isTrue();
            byte[] read = new byte[3];
            ring.read(7, read, 0, 3);
            assertThat(read).containsExactly(1, 2, 3);
        }
    }

    @Test
    void anOlderRingOfTheSameNameKeepsItsBytes() throws IOException {
        Path path = directory.resolve("ring");
        try (RingFile older = RingFile.open(path, SIZE_BYTES)) {
            older.write(0, new byte[] {1}, 0, 1);
            try (RingFile newer = RingFile.open(path, SIZE_BYTES)) {
                newer.write(0, new byte[] {2}, 0, 1);
                byte[] read = new byte[1];
                older.read(0, read, 0, 1);
                assertThat(read).containsExactly(1);
                older.close();
                assertThat(path).as("it is the newer one's").exists();
            }
            assertThat(path).doesNotExist();
        }
    }

    @Test
    void failsWhenItIsClosed() throws IOException {
        RingFile ring = RingFile.open(directory.resolve("ring"), SIZE_BYTES);
        ring.close();
        ring.close();
        assertThatIOException().isThrownBy(() -> ring.read(0, new byte[1], 0, 1));
        assertThatIOException().isThrownBy(() -> ring.write(0, new byte[1], 0, 1));
    }
}
