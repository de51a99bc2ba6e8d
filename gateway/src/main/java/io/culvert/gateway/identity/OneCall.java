package io.culvert.gateway.identity;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One unary call on a connection of its own, which is closed after it. */
final class OneCall {
    private static final int MAX_METADATA_BYTES = 8 << 10;

    private final Endpoint endpoint;
    private final SslContext tls;

    private OneCall(Endpoint endpoint, SslContext tls) {
        this.endpoint = endpoint;
        this.tls = tls;
    }

    static OneCall to(Endpoint endpoint, SslContext tls) {
        return new OneCall(endpoint, tls);
    }

    /** With an answer of at most {@link EnrolmentMethods#MAX_MESSAGE_BYTES}. */
    <Q, A> A make(MethodDescriptor<Q, A> method, Q request, Duration deadline) {
        return make(method, request, EnrolmentMethods.MAX_MESSAGE_BYTES, deadline);
    }

    /** Blocks until the answer. @throws io.grpc.StatusRuntimeException if there is none */
    <Q, A> A make(MethodDescriptor<Q, A> method, Q request, int maxReplyBytes, Duration deadline) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                .sslContext(tls)
                .maxInboundMessageSize(maxReplyBytes)
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .disableRetry()
                .build();
        try {
            CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
            return ClientCalls.blockingUnaryCall(channel, method, options, request);
        } finally {
            channel.shutdownNow();
        }
    }
}
