package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Slice;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Manifest leaves kept at the source, one after the other, by which the next scan recognises what did not change.
 *
 * <pre>leaf := int length, int CRC32C of the bytes, bytes</pre>
 *
 * A hint and no more: whatever is torn or damaged ends the file for its reader, and the files behind it are read again.
 */
final class LeafFile {

    private LeafFile() {}

    /** Appends leaves. After a crash the last one may be torn; not forced. */
    static final class Writer implements Closeable {
        private final DataOutputStream out;

        Writer(Path file) throws IOException {
            this.out = new DataOutputStream(new BufferedOutputStream(new ScratchOutput(file), 1 << 18));
        }

        void add(Slice leaf) throws IOException {
            CRC32C crc = new CRC32C();
            crc.update(leaf.array(), leaf.offset(), leaf.length());
            out.writeInt(leaf.length());
            out.writeInt((int) crc.getValue());
            out.write(leaf.array(), leaf.offset(), leaf.length());
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /** Reads leaves until the end or the first damage. */
    static final class Reader implements Closeable {
        private final DataInputStream in;
        private boolean ended;

        Reader(Path file) throws IOException {
            this.in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 18));
        }

        /** The next leaf; empty from the end or the first damage on. */
        Optional<Slice> next() throws IOException {
            Optional<Slice> leaf = ended ? Optional.empty() : read();
            ended = leaf.isEmpty();
            return leaf;
        }

        private Optional<Slice> read() throws IOException {
            try {
                int length = in.readInt();
                int sum = in.readInt();
                if (length < 1 || length > ChunkRef.MAX_LENGTH_BYTES) {
                    return Optional.empty();
                }
                byte[] bytes = in.readNBytes(length);
                CRC32C crc = new CRC32C();
                crc.update(bytes, 0, bytes.length);
                return bytes.length == length && (int) crc.getValue() == sum
                        ? Optional.of(Slice.of(bytes))
                        : Optional.empty();
            } catch (EOFException e) {
                return Optional.empty();
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
