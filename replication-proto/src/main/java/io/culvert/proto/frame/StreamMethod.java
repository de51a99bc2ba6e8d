package io.culvert.proto.frame;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;

/** The one gRPC method: {@code culvert.v1.Stream/Carry}, frames both ways. */
public final class StreamMethod {

    public static final String SERVICE = "culvert.v1.Stream";

    private StreamMethod() {}

    /** The method, whose received payloads come from this pool. */
    public static MethodDescriptor<Frame, Frame> carry(BytePool pool) {
        FrameMarshaller marshaller = new FrameMarshaller(pool);
        return MethodDescriptor.<Frame, Frame>newBuilder()
                .setType(MethodType.BIDI_STREAMING)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Carry"))
                .setRequestMarshaller(marshaller)
                .setResponseMarshaller(marshaller)
                .build();
    }
}
