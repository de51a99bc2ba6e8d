package io.culvert.gateway.identity;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.culvert.proto.v1.JoinReply;
import io.culvert.proto.v1.JoinRequest;
import io.culvert.proto.v1.RefusalNotice;
import io.culvert.proto.v1.RefusalReceipt;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The two gRPC methods that a caller without a proven certificate may use, with their own bound on a message.
 *
 * <p>The server's bound is that of the stream, which a stranger must not have; so a message is measured before a byte of
 * it is copied, and one that is too large or cannot be parsed becomes {@link Incoming.Refused} instead of a value.
 */
final class EnrolmentMethods {
    static final String SERVICE = "culvert.v1.Enrolment";
    static final int MAX_MESSAGE_BYTES = 16 << 10;

    static final MethodDescriptor<Incoming<JoinRequest>, Incoming<JoinReply>> JOIN =
            unary("Join", JoinRequest.parser(), JoinReply.parser());
    static final MethodDescriptor<Incoming<RefusalNotice>, Incoming<RefusalReceipt>> REFUSED =
            unary("Refused", RefusalNotice.parser(), RefusalReceipt.parser());

    private EnrolmentMethods() {}

    /** A message, or why it is none. */
    sealed interface Incoming<T> {
        /** A message within bounds. */
        record Value<T>(T message) implements Incoming<T> {}

        /** Bytes that are no message; the sentence says why. */
        record Refused<T>(String why) implements Incoming<T> {}
    }

    static boolean isOpenToUnproven(String method) {
        return method.equals(JOIN.getFullMethodName()) || method.equals(REFUSED.getFullMethodName());
    }

    private static <Q extends MessageLite, A extends MessageLite> MethodDescriptor<Incoming<Q>, Incoming<A>> unary(
            String name, Parser<Q> requests, Parser<A> replies) {
        return MethodDescriptor.<Incoming<Q>, Incoming<A>>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setRequestMarshaller(new Bounded<>(requests))
                .setResponseMarshaller(new Bounded<>(replies))
                .build();
    }

    private record Bounded<T extends MessageLite>(Parser<T> parser)
            implements MethodDescriptor.Marshaller<Incoming<T>> {
        @Override
        public InputStream stream(Incoming<T> value) {
            return switch (value) {
                case Incoming.Value<T> known ->
                    new ByteArrayInputStream(known.message().toByteArray());
                case Incoming.Refused<T> none -> throw new IllegalArgumentException("not a message: " + none.why());
            };
        }

        @Override
        public Incoming<T> parse(InputStream in) {
            try {
                byte[] bytes = in.readNBytes(MAX_MESSAGE_BYTES + 1);
                if (bytes.length > MAX_MESSAGE_BYTES) {
                    return new Incoming.Refused<>("it must be at most " + MAX_MESSAGE_BYTES + " bytes");
                }
                return new Incoming.Value<>(parser.parseFrom(bytes));
            } catch (InvalidProtocolBufferException e) {
                return new Incoming.Refused<>("it cannot be read");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
