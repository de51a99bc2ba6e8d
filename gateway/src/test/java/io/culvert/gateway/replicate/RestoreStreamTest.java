package io.culvert.gateway.replicate;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Slice;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RestoreStreamTest {

    private static final ChunkRef ANY = new ChunkRef(new Fingerprint(0, 0, 0, 0), 4);

    private static final class Items implements RestoreStream.Items {
        private final List<String> came = new ArrayList<>();

        @Override
        public void leaf(Slice leaf) {
            came.add("leaf " + new String(leaf.toArray(), US_ASCII));
        }

        @Override
        public void data(Slice data) {
            came.add("data " + new String(data.toArray(), US_ASCII));
        }

        @Override
        public void waiting(String why) {
            came.add("waiting " + why);
        }

        @Override
        public void end() {
            came.add("end");
        }
    }

    private static Slice text(String text) {
        byte[] bytes = ("<" + text + ">").getBytes(US_ASCII);
        return new Slice(bytes, 1, bytes.length - 2);
    }

    private static byte[] stream() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RestoreStream.Writer writer = new RestoreStream.Writer(bytes);
        writer.leaf(text("one"));
        writer.data(ANY, text("abcd"));
        writer.leaf(text("two"));
        writer.end();
        return bytes.toByteArray();
    }

    private static List<String> read(byte[] bytes) throws IOException {
        Items items = new Items();
        RestoreStream.read(new ByteArrayInputStream(bytes), items);
        return items.came;
    }

    @Test
    void itemsComeInOrder() throws IOException {
        assertThat(read(stream())).containsExactly("leaf one", "data abcd", "leaf two", "end");
    }

    @Test
    void whyItWaitsComesAtOnce() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RestoreStream.Writer writer = new RestoreStream.Writer(new java.io.BufferedOutputStream(bytes));
        writer.waiting("four are read");
        Items items = new Items();
        assertThatExceptionOfType(EOFException.class)
                .isThrownBy(() -> RestoreStream.read(new ByteArrayInputStream(bytes.toByteArray()), items));
        assertThat(items.came).containsExactly("waiting four are read");
    }

    @Test
    void aStreamHasTheseBytes() throws IOException {
        assertThat(HexFormat.of().formatHex(stream()))
                .isEqualTo("43565253" + "01" + "4c00000003" + "6f6e65" + "4400000004" + "61626364" + "4c00000003"
                        + "74776f" + "45");
    }

    @Test
    void aStreamCutOffAtAnyByteIsNoticed() throws IOException {
        byte[] whole = stream();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            Items items = new Items();
            assertThatExceptionOfType(EOFException.class)
                    .as("cut at %d", length)
                    .isThrownBy(() -> RestoreStream.read(new ByteArrayInputStream(cut), items));
            assertThat(items.came).doesNotContain("end");
        }
    }

    @Test
    void theReasonOfAFailureComesThrough() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RestoreStream.Writer writer = new RestoreStream.Writer(bytes);
        writer.leaf(text("one"));
        writer.failed("peer B is down");
        assertThatExceptionOfType(RestoreStream.RestoreFailedException.class)
                .isThrownBy(() -> read(bytes.toByteArray()))
                .withMessage("peer B is down");
    }

    @Test
    void aReasonIsNotLong() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new RestoreStream.Writer(bytes).failed("x".repeat(1 << 20));
        assertThatExceptionOfType(RestoreStream.RestoreFailedException.class)
                .isThrownBy(() -> read(bytes.toByteArray()))
                .satisfies(e -> assertThat(e.getMessage()).hasSize(64 * 1024));
    }

    @Test
    void whatIsNoRestoreStreamIsRefusedByName() throws IOException {
        byte[] magic = stream();
        magic[0]++;
        byte[] version = stream();
        version[4]++;
        for (byte[] wrong : List.of(magic, version)) {
            assertThatExceptionOfType(CorruptChunkException.class)
                    .isThrownBy(() -> read(wrong))
                    .withMessageContaining("not a restore stream of version 1");
        }
        byte[] kind = stream();
        kind[5] = 'Q';
        assertThatExceptionOfType(CorruptChunkException.class)
                .isThrownBy(() -> read(kind))
                .withMessageContaining("unknown kind");
        byte[] length = stream();
        length[6] = (byte) 0xff;
        assertThatExceptionOfType(CorruptChunkException.class)
                .isThrownBy(() -> read(length))
                .withMessageContaining("an item of -16777213 bytes");
        length[6] = 1;
        assertThatExceptionOfType(CorruptChunkException.class)
                .isThrownBy(() -> read(length))
                .withMessageContaining("an item of 16777219 bytes");
    }

    @Test
    void anyBytesAreReadOrRefused() throws IOException {
        byte[] whole = stream();
        for (long seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            byte[] damaged = whole.clone();
            for (int i = 0; i <= random.nextInt(3); i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                read(damaged);
            } catch (CorruptChunkException | EOFException | RestoreStream.RestoreFailedException e) {
                assertThat(e).as("seed %d", seed).isInstanceOf(IOException.class);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }
}
