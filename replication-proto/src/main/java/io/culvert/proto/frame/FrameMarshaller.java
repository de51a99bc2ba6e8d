package io.culvert.proto.frame;

import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;

/**
 * Turns frames into the bytes of {@code culvert.v1.Frame} and back, with one copy each way.
 *
 * <pre>
 *   08 channel 10 kind 18 flags 20 code 28 value 32 length payload      (numbers are varints; what is 0 or empty is left out)
 * </pre>
 *
 * <p>Bytes that are no frame become a frame of kind {@link FrameKind#MALFORMED}, never an exception: gRPC would turn
 * that into a nameless failure. Thread-safe.
 */
public final class FrameMarshaller implements MethodDescriptor.Marshaller<Frame> {

    /** What gRPC must let through so that the refusal of a longer frame bears our name. */
    public static final int MAX_MESSAGE_BYTES = 2 * FrameReader.MAX_FRAME_BYTES;

    private final BytePool pool;

    public FrameMarshaller(BytePool pool) {
        this.pool = pool;
    }

    @Override
    public InputStream stream(Frame frame) {
        return new FrameWriter(frame);
    }

    @Override
    public Frame parse(InputStream in) {
        try {
            return new FrameReader(in, in.available(), pool).read();
        } catch (ProtocolException e) {
            return Frame.malformed(e);
        } catch (IOException e) {
            return Frame.malformed(new ProtocolException(ProtocolCode.MALFORMED_FRAME, "unreadable: " + e));
        }
    }
}
