package io.culvert.dedupe.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the pool relies on, of the real disk and of the tests' one alike. */
abstract class DiskContract {

    abstract Disk disk();

    abstract Path root();

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String read(DiskFile file, int maxBytes, long offset) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(maxBytes);
        int read = file.read(bytes, offset);
        return new String(bytes.array(), 0, read, StandardCharsets.UTF_8);
    }

    @Test
    void readsBackWhatWasWrittenAtAnyOffset() throws IOException {
        try (DiskFile file = disk().create(root().resolve("a"))) {
            file.write(text("world"), 6);
            file.write(text("hello "), 0);
            file.force();
            assertThat(file.sizeBytes()).isEqualTo(11);
            assertThat(read(file, 100, 0)).isEqualTo("hello world");
            assertThat(read(file, 3, 4)).isEqualTo("o w");
            assertThat(read(file, 3, 11)).isEmpty();
            assertThat(read(file, 3, 500)).isEmpty();
        }
        try (DiskFile file = disk().openForReading(root().resolve("a"))) {
            assertThat(read(file, 100, 6)).isEqualTo("world");
            assertThatIOException().isThrownBy(() -> {
                try {
                    file.write(text("no"), 0);
                } catch (NonWritableChannelException refused) {
                    throw new IOException(refused);
                }
            });
        }
    }

    @Test
    void truncatesAndReadsZerosWhereNothingWasWritten() throws IOException {
        try (DiskFile file = disk().create(root().resolve("a"))) {
            file.write(text("0123456789"), 0);
            file.truncate(4);
            assertThat(file.sizeBytes()).isEqualTo(4);
            file.truncate(100);
            assertThat(file.sizeBytes()).as("never grows").isEqualTo(4);
            file.write(text("x"), 6);
            assertThat(read(file, 10, 0)).isEqualTo("0123\0\0x");
        }
    }

    @Test
    void createsOnlyWhatIsNotThere() throws IOException {
        disk().create(root().resolve("a")).close();
        assertThatIOException().isThrownBy(() -> disk().create(root().resolve("a")));
        assertThatIOException().isThrownBy(() -> disk().create(root().resolve("no/such/directory")));
        assertThatIOException()
                .isThrownBy(() -> disk().openForReading(root().resolve("b")))
                .isInstanceOf(NoSuchFileException.class);
        assertThatIOException().isThrownBy(() -> disk().openForWriting(root().resolve("b")));
        assertThatIOException().isThrownBy(() -> disk().delete(root().resolve("b")));
    }

    @Test
    void renamesOverWhatIsThereAndListsInOrder() throws IOException {
        for (String name : new String[] {"c", "a", "b"}) {
            try (DiskFile file = disk().create(root().resolve(name))) {
                file.write(text(name), 0);
            }
        }
        disk().createDirectories(root().resolve("d/e"));
        disk().rename(root().resolve("a"), root().resolve("c"));
        disk().delete(root().resolve("b"));
        disk().forceDirectory(root());
        assertThat(disk().list(root())).containsExactly("c", "d");
        assertThat(disk().list(root().resolve("d"))).containsExactly("e");
        assertThat(disk().exists(root().resolve("a"))).isFalse();
        assertThat(disk().exists(root().resolve("d"))).isTrue();
        try (DiskFile file = disk().openForReading(root().resolve("c"))) {
            assertThat(read(file, 10, 0)).isEqualTo("a");
        }
    }

    @Test
    void letsOneHolderAtATimeLock() throws Exception {
        Path path = root().resolve("lock");
        try (AutoCloseable held = disk().lock(path, LockRange.ALL)) {
            assertThat(held).isNotNull();
            assertThatIOException()
                    .isThrownBy(() -> disk().lock(path, LockRange.ALL))
                    .withMessageContaining("already in use by");
            assertThatIOException()
                    .isThrownBy(() -> disk().lock(path, LockRange.of(new Fence(1, 17))))
                    .withMessageContaining("already in use by");
        }
        disk().lock(path, LockRange.ALL).close();
    }

    @Test
    void letsHoldersOfDifferentFencesLockBesideEachOther() throws Exception {
        Path path = root().resolve("lock");
        LockRange first = LockRange.of(new Fence(1, 17));
        try (AutoCloseable one = disk().lock(path, first);
                AutoCloseable two = disk().lock(path, LockRange.of(new Fence(2, 3)))) {
            assertThat(one).isNotSameAs(two);
            assertThatIOException().isThrownBy(() -> disk().lock(path, first));
            assertThatIOException().isThrownBy(() -> disk().lock(path, LockRange.ALL));
        }
        disk().lock(path, LockRange.ALL).close();
    }

    @Test
    void refusesToUseAClosedFile() throws IOException {
        DiskFile file = disk().create(root().resolve("a"));
        file.close();
        file.close();
        assertThatIOException().isThrownBy(() -> file.write(text("x"), 0));
        assertThatIOException().isThrownBy(() -> file.read(ByteBuffer.allocate(1), 0));
        assertThatIOException().isThrownBy(file::force);
    }

    @Test
    void knowsHowMuchRoomIsLeft() throws IOException {
        assertThat(disk().usableBytes(root())).isPositive();
    }

    @Test
    void completesTheCallsOfAnInterruptedThreadAndKeepsItsStatus() throws IOException {
        try (DiskFile file = disk().create(root().resolve("a"))) {
            Thread.currentThread().interrupt();
            file.write(text("hello"), 0);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            assertThat(read(file, 10, 0)).isEqualTo("hello");
            file.force();
            assertThat(Thread.interrupted()).isTrue();
            file.write(text("again"), 0);
            assertThat(read(file, 10, 0)).isEqualTo("again");
        }
    }
}
