package io.culvert.gateway.identity;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.culvert.proto.v1.GatewayReply;
import io.culvert.proto.v1.GatewayRequest;
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
 * The gRPC methods that a caller without a proven certificate may use, with their own bound on a message.
 *
 * <p>The server's bound is that of the stream, which a stranger must not have; so a message is measured before a byte of
 * it is copied, and one that is too large or cannot be parsed becomes {@link Incoming.Refused} instead of a value.
 */
final class EnrolmentMethods {
    static final String SERVICE = "culvert.v1.Enrolment";
    static final int MAX_MESSAGE_BYTES = 16 << 10;

    static final MethodDescriptor<Incoming<JoinRequest>, Incoming<JoinReply>> JOIN =
            unary("Join", JoinRequest.parser(), JoinReply.parser());
    /** The reply holds the site file and every peer's record. */
    static final int MAX_GATEWAY_REPLY_BYTES =
            PeerRegistry.MAX_PEERS * SharedPeers.MAX_BYTES + SiteFile.MAX_BYTES + MAX_MESSAGE_BYTES;

    static final MethodDescriptor<Incoming<GatewayRequest>, Incoming<GatewayReply>> ADD_GATEWAY = unary(
            "AddGateway",
            new Bounded<>(GatewayRequest.parser(), MAX_MESSAGE_BYTES),
            new Bounded<>(GatewayReply.parser(), MAX_GATEWAY_REPLY_BYTES));
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
        return method.equals(JOIN.getFullMethodName())
                || method.equals(ADD_GATEWAY.getFullMethodName())
                || method.equals(REFUSED.getFullMethodName());
    }

    private static <Q extends MessageLite, A extends MessageLite> MethodDescriptor<Incoming<Q>, Incoming<A>> unary(
            String name, Parser<Q> requests, Parser<A> replies) {
        return unary(name, new Bounded<>(requests, MAX_MESSAGE_BYTES), new Bounded<>(replies, MAX_MESSAGE_BYTES));
    }

    private static <Q extends MessageLite, A extends MessageLite> MethodDescriptor<Incoming<Q>, Incoming<A>> unary(
            String name, Bounded<Q> requests, Bounded<A> replies) {
        return MethodDescriptor.<Incoming<Q>, Incoming<A>>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setRequestMarshaller(requests)
                .setResponseMarshaller(replies)
                .build();
    }

    private record Bounded<T extends MessageLite>(Parser<T> parser, int maxBytes)
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
                byte[] bytes = in.readNBytes(maxBytes + 1);
                if (bytes.length > maxBytes) {
                    return new Incoming.Refused<>("it must be at most " + maxBytes + " bytes");
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
