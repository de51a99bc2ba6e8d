package io.culvert.gateway.checkpoint;

import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One member of the cluster and the channel to it. Calls go through jetcd's generated stubs with a gRPC deadline each: a call
 * that was only abandoned at this end could still land later, over newer data.
 */
public final class EtcdMember {
    private final URI endpoint;
    private final ManagedChannel channel;

    private EtcdMember(URI endpoint, ManagedChannel channel) {
        this.endpoint = endpoint;
        this.channel = channel;
    }

    public static EtcdMember of(URI endpoint, @Nullable SslContext tls) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(endpoint.getHost(), endpoint.getPort())
                .disableRetry()
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(3, TimeUnit.SECONDS);
        if ("https".equals(endpoint.getScheme()) && tls != null) {
            builder.sslContext(tls);
        } else {
            builder.usePlaintext();
        }
        return new EtcdMember(endpoint, builder.build());
    }

    /** @throws IOException if the files cannot be used; its message names them */
    public static @Nullable SslContext tls(EtcdSettings.@Nullable Tls tls) throws IOException {
        if (tls == null) {
            return null;
        }
        try {
            return GrpcSslContexts.forClient()
                    .trustManager(tls.ca().toFile())
                    .keyManager(tls.certificate().toFile(), tls.key().toFile())
                    .build();
        } catch (IllegalArgumentException | javax.net.ssl.SSLException e) {
            throw new IOException("the TLS files for etcd cannot be used (" + tls + "): " + e.getMessage(), e);
        }
    }

    public URI endpoint() {
        return endpoint;
    }

    public KVGrpc.KVBlockingStub kv(Duration timeout) {
        return KVGrpc.newBlockingStub(channel).withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    LeaseGrpc.LeaseBlockingStub lease(Duration timeout) {
        return LeaseGrpc.newBlockingStub(channel).withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    LeaseGrpc.LeaseStub leaseStream(Duration timeout) {
        return LeaseGrpc.newStub(channel).withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    public MaintenanceGrpc.MaintenanceBlockingStub maintenance(Duration timeout) {
        return MaintenanceGrpc.newBlockingStub(channel).withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    public ClusterGrpc.ClusterBlockingStub cluster(Duration timeout) {
        return ClusterGrpc.newBlockingStub(channel).withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Makes the next call connect anew at once: the present connection may be dead without knowing, or backing off. */
    public void reconnect() {
        channel.enterIdle();
        channel.resetConnectBackoff();
    }

    public void close() {
        channel.shutdownNow();
    }
}
