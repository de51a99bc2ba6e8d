package io.culvert.gateway.replicate;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Messages with a large payload, without a copy of it on the way in or out: what is parsed shares the bytes it was parsed
 * from, which must not be recycled while it is used.
 */
final class Payloads {

    /** Protobuf's buffer is smaller, so what is larger is not in it. */
    private static final int LARGE_BYTES = 16 << 10;

    private Payloads() {}

    /** A byte string that shares the bytes; they must not change while the message is used. */
    static ByteString wrap(Slice bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.array(), bytes.offset(), bytes.length());
    }

    /** Sends a message; a large payload at its end goes from where it lies. */
    static void send(Channel channel, MessageLite message) throws IOException, InterruptedException {
        Pieces pieces = new Pieces();
        message.writeTo(pieces);
        channel.send(Slice.of(pieces.head.toByteArray()), pieces.body);
    }

    /** Parses a message whose fields share these bytes. */
    static <M extends MessageLite> M parse(Parser<M> parser, Slice bytes) throws InvalidProtocolBufferException {
        CodedInputStream in = wrap(bytes).newCodedInput();
        in.enableAliasing(true);
        return parser.parseFrom(in);
    }

    /** The bytes of a payload of a message that {@link #parse} made. */
    static Slice slice(ByteString payload) {
        Found found = new Found();
        try {
            UnsafeByteOperations.unsafeWriteTo(payload, found);
        } catch (IOException e) {
            throw new UncheckedIOException("nothing is written", e);
        }
        Slice bytes = found.bytes;
        return bytes == null ? Slice.of(payload.toByteArray()) : bytes;
    }

    /**
     * What protobuf writes: small pieces through its buffer, and a byte string that is longer than the buffer as it lies,
     * but for the beginning that fills the buffer up.
     */
    private static final class Pieces extends OutputStream {
        private final ByteArrayOutputStream head = new ByteArrayOutputStream();
        private Slice body = Slice.empty();

        @Override
        public void write(int value) {
            join();
            head.write(value);
        }

        @Override
        public void write(byte[] array, int offset, int length) {
            join();
            if (length >= LARGE_BYTES) {
                body = new Slice(array, offset, length);
            } else {
                head.write(array, offset, length);
            }
        }

        /** Something follows the payload: it has to be copied after all. */
        private void join() {
            head.write(body.array(), body.offset(), body.length());
            body = Slice.empty();
        }
    }

    /** Notes where the bytes of a byte string lie, if they lie in one array. */
    private static final class Found extends ByteOutput {
        private @Nullable Slice bytes;
        private boolean several;

        private void note(byte[] array, int offset, int length) {
            bytes = several ? null : new Slice(array, offset, length);
            several = true;
        }

        @Override
        public void write(byte[] array, int offset, int length) {
            note(array, offset, length);
        }

        @Override
        public void writeLazy(byte[] array, int offset, int length) {
            note(array, offset, length);
        }

        @Override
        public void write(byte value) {
            several = true;
            bytes = null;
        }

        @Override
        public void write(ByteBuffer buffer) {
            several = true;
            bytes = null;
        }

        @Override
        public void writeLazy(ByteBuffer buffer) {
            write(buffer);
        }
    }
}
