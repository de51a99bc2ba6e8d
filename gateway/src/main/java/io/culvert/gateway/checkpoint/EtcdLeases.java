package io.culvert.gateway.checkpoint;

import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases over etcd's own stub. jetcd's keep-alive counts on the wall clock and ends for good when the quorum is away for longer
 * than the lease; here each renewal is one short call that its caller repeats.
 */
final class EtcdLeases {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdLeases.class);

    private EtcdLeases() {}

    static long grant(EtcdMembers members, Duration ttl) throws StoreUnavailableException {
        var request = LeaseGrantRequest.newBuilder().setTTL(ttl.toSeconds()).build();
        return members.call((member, timeout) -> member.lease(timeout).leaseGrant(request))
                .getID();
    }

    /** Ends a lease and all ownerships bound to it; one that is gone already is fine. */
    static void revoke(EtcdMembers members, long leaseId) throws StoreUnavailableException {
        var request = LeaseRevokeRequest.newBuilder().setID(leaseId).build();
        try {
            members.call((member, timeout) -> member.lease(timeout).leaseRevoke(request));
        } catch (StoreUnavailableException e) {
            if (e.kind() != EtcdFailure.Kind.LEASE_GONE) {
                throw e;
            }
        }
    }

    /** Ends a lease if this member answers; else it ends by itself. */
    static void tryRevoke(EtcdMember member, long leaseId, Duration timeout) {
        try {
            member.lease(timeout)
                    .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(leaseId).build());
        } catch (StatusRuntimeException e) {
            LOG.atInfo()
                    .addKeyValue("lease", leaseId)
                    .log("lease not given back, it ends by itself: {}", e.getMessage());
        }
    }

    /**
     * Renews a lease once at one member.
     *
     * @return whether the lease is alive
     * @throws StatusRuntimeException if the member did not answer in time
     */
    static boolean renew(EtcdMember member, long leaseId, Duration timeout) throws InterruptedException {
        var answer = new CompletableFuture<Long>();
        StreamObserver<LeaseKeepAliveRequest> request = member.leaseStream(timeout)
                .leaseKeepAlive(new StreamObserver<>() {
                    @Override
                    public void onNext(LeaseKeepAliveResponse response) {
                        answer.complete(response.getTTL());
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        answer.completeExceptionally(Status.UNAVAILABLE
                                .withDescription("the stream ended without an answer")
                                .asRuntimeException());
                    }
                });
        request.onNext(LeaseKeepAliveRequest.newBuilder().setID(leaseId).build());
        request.onCompleted();
        try {
            return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS) > 0;
        } catch (ExecutionException e) {
            throw Status.fromThrowable(e).asRuntimeException();
        } catch (TimeoutException e) {
            throw Status.DEADLINE_EXCEEDED.withCause(e).asRuntimeException();
        }
    }
}
