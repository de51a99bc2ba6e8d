package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Slice;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * How a snapshot travels from the gateway to the command that restores it.
 *
 * <pre>
 * stream := "CVRS" 0x01 item* ('E' | 'X' counted UTF-8)
 * item   := 'L' int length, leaf | 'D' int length, data | 'W' counted UTF-8
 * </pre>
 *
 * A stream that ends without 'E' was cut off, and says so when it is read; 'X' carries the reason. 'W' says why nothing has come
 * yet, every now and then.
 */
public final class RestoreStream {

    private static final int MAGIC = 0x43565253;
    private static final int VERSION = 1;
    private static final int BUFFER_BYTES = 128 * 1024;
    private static final int MAX_REASON_BYTES = 64 * 1024;

    private RestoreStream() {}

    /** Writes a restore stream. */
    public static final class Writer implements RestoreSink {

        private final DataOutputStream out;

        /** @param out a buffered one */
        public Writer(OutputStream out) throws IOException {
            this.out = new DataOutputStream(out);
            this.out.writeInt(MAGIC);
            this.out.writeByte(VERSION);
        }

        private void item(char kind, Slice bytes) throws IOException {
            out.writeByte(kind);
            out.writeInt(bytes.length());
            out.write(bytes.array(), bytes.offset(), bytes.length());
        }

        @Override
        public void leaf(Slice leaf) throws IOException {
            item('L', leaf);
        }

        @Override
        public void data(ChunkRef chunk, Slice data) throws IOException {
            item('D', data);
        }

        @Override
        public void end() throws IOException {
            out.writeByte('E');
            out.flush();
        }

        /** Says why it has to wait, to somebody who looks at it. */
        public void waiting(String why) throws IOException {
            sentence('W', why);
        }

        /** Ends the stream with the reason why it is not whole. */
        public void failed(String reason) throws IOException {
            sentence('X', reason);
        }

        private void sentence(char kind, String text) throws IOException {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            item(kind, new Slice(utf8, 0, Math.min(utf8.length, MAX_REASON_BYTES)));
            out.flush();
        }
    }

    /** Takes the items of a stream; slices are valid during the call. */
    public interface Items {
        void leaf(Slice leaf) throws IOException;

        void data(Slice data) throws IOException;

        /** Nothing has come yet, and why. */
        void waiting(String why) throws IOException;

        /** Everything came. */
        void end() throws IOException;
    }

    /**
     * Hands a stream's items to the reader.
     *
     * @throws CorruptChunkException if it is not a restore stream
     * @throws RestoreFailedException if the gateway could not read the snapshot to its end
     * @throws EOFException if it was cut off
     */
    public static void read(InputStream from, Items sink) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(from, BUFFER_BYTES));
        if (in.readInt() != MAGIC || in.readByte() != VERSION) {
            throw new CorruptChunkException("not a restore stream of version " + VERSION);
        }
        byte[] buffer = new byte[ChunkRef.MAX_LENGTH_BYTES];
        for (int kind = in.readByte(); kind != 'E'; kind = in.readByte()) {
            int length = in.readInt();
            if (length < 0 || length > buffer.length) {
                throw new CorruptChunkException("an item of " + length + " bytes in a restore stream");
            }
            in.readFully(buffer, 0, length);
            Slice bytes = new Slice(buffer, 0, length);
            switch (kind) {
                case 'L' -> sink.leaf(bytes);
                case 'D' -> sink.data(bytes);
                case 'W' -> sink.waiting(new String(buffer, 0, length, StandardCharsets.UTF_8));
                case 'X' -> throw new RestoreFailedException(new String(buffer, 0, length, StandardCharsets.UTF_8));
                default -> throw new CorruptChunkException("an item of unknown kind " + kind + " in a restore stream");
            }
        }
        sink.end();
    }

    /** The gateway could not read the snapshot to its end; the message is its own. */
    public static final class RestoreFailedException extends IOException {
        private static final long serialVersionUID = 1L;

        RestoreFailedException(String reason) {
            super(reason);
        }
    }
}
