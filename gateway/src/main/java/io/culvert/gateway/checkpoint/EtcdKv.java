package io.culvert.gateway.checkpoint;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Linearizable reads and transactions, each on whichever member answers. It notices when the cluster was set back: an answer
 * whose revision is lower than one that had arrived before the question was sent cannot come from the same history.
 */
final class EtcdKv {
    /** For a question that a member answers of its own knowledge. */
    private static final Duration ASIDE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(EtcdKv.class);

    static final String SET_BACK =
            "etcd was restored from a backup or replaced: all ownerships end, and jobs are claimed again"
                    + " in a new epoch";

    private final EtcdMembers members;
    /** Guards the writes of the history. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile History history;

    /**
     * What is known of the cluster's past.
     *
     * @param life grows each time a history is given up, so that late answers are not measured by another one
     */
    private record History(int life, long clusterId, long revision, Break broken) {
        History with(ResponseHeader header, History asked) {
            if (life != asked.life || broken != Break.NONE) {
                return this;
            }
            if (clusterId != 0 && clusterId != header.getClusterId()) {
                return new History(life, clusterId, revision, Break.OTHER);
            }
            Break now = header.getRevision() < asked.revision ? Break.BACK : Break.NONE;
            return new History(life, header.getClusterId(), Math.max(revision, header.getRevision()), now);
        }
    }

    /** What an answer said that cannot be of the same history. */
    private enum Break {
        NONE,
        /** A lower revision. */
        BACK,
        /** Another cluster. */
        OTHER
    }

    /** @param seen what was known of the cluster before */
    EtcdKv(EtcdMembers members, EtcdMemory.Seen seen) {
        this.members = members;
        this.history = new History(0, seen.clusterId(), seen.revision(), Break.NONE);
    }

    /** The cluster that answered last, or was known before; 0 if none. */
    long clusterId() {
        return history.clusterId();
    }

    TxnResponse txn(TxnRequest request) throws StoreUnavailableException {
        History asked = history;
        TxnResponse response =
                members.call((member, timeout) -> member.kv(timeout).txn(request));
        observe(response.getHeader(), asked);
        return response;
    }

    RangeResponse range(RangeRequest request) throws StoreUnavailableException {
        History asked = history;
        RangeResponse response =
                members.call((member, timeout) -> member.kv(timeout).range(request));
        observe(response.getHeader(), asked);
        return response;
    }

    Optional<KeyValue> get(ByteString key) throws StoreUnavailableException {
        return range(RangeRequest.newBuilder().setKey(key).build()).getKvsList().stream()
                .findFirst();
    }

    /** What makes a value of what was found. */
    @FunctionalInterface
    interface Reading<T> {
        T of(KeyValue found) throws CorruptCheckpointException;
    }

    /**
     * Reads a value and makes something of it. One that cannot be believed is read again at each other member: the disk of one may
     * have flipped it.
     *
     * @throws CorruptCheckpointException if it cannot be believed anywhere
     */
    <T> Optional<T> get(ByteString key, Reading<T> reading)
            throws StoreUnavailableException, CorruptCheckpointException {
        for (int left = members.size(); ; left--) {
            EtcdMember asked = members.current();
            Optional<KeyValue> found = get(key);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(reading.of(found.get()));
            } catch (CorruptCheckpointException e) {
                if (left <= 1) {
                    throw e;
                }
                LOG.warn("{}; another member is asked than etcd at {}", e.sentence(), asked.endpoint());
                elsewhere();
            }
        }
    }

    /** Has the next call go to another member, for what this one holds cannot be believed. */
    void elsewhere() {
        members.failed(members.current());
    }

    private void observe(ResponseHeader header, History asked) throws StoreUnavailableException {
        lock.lock();
        try {
            history = history.with(header, asked);
        } finally {
            lock.unlock();
        }
        if (isSetBack()) {
            throw new StoreUnavailableException(SET_BACK, null);
        }
    }

    /** Returns whether the cluster seems to be restored or replaced; then no call succeeds until {@link #acceptSetBack}. */
    boolean isSetBack() {
        return history.broken() != Break.NONE;
    }

    /** How often its present history was given up. */
    long setBacks() {
        return history.life();
    }

    /**
     * Takes the cluster's present history for the true one; unless a member of the one that was known still answers: then whoever
     * said otherwise is not of this site's etcd, and the history goes on with that member.
     *
     * @return whether it is another history from now on
     */
    boolean acceptSetBack() {
        History before = history;
        boolean known = before.broken() == Break.OTHER
                && members.use(member ->
                        clusterOf(member).filter(id -> id == before.clusterId()).isPresent());
        if (known) {
            LOG.warn(
                    "an endpoint of etcd in the site file belongs to another cluster than the others and is not believed:"
                            + " culvert etcd status says which");
        }
        lock.lock();
        try {
            history = known
                    ? new History(before.life(), before.clusterId(), before.revision(), Break.NONE)
                    : new History(before.life() + 1, 0, 0, Break.NONE);
        } finally {
            lock.unlock();
        }
        return !known;
    }

    private static Optional<Long> clusterOf(EtcdMember member) {
        try {
            StatusResponse status = member.maintenance(ASIDE).status(StatusRequest.getDefaultInstance());
            return Optional.of(status.getHeader().getClusterId());
        } catch (StatusRuntimeException e) {
            return Optional.empty(); // one that does not answer says nothing of itself
        }
    }

    static Compare createdAt(ByteString key, long revision) {
        return Compare.newBuilder()
                .setKey(key)
                .setTarget(Compare.CompareTarget.CREATE)
                .setResult(Compare.CompareResult.EQUAL)
                .setCreateRevision(revision)
                .build();
    }

    /** Holds if no key is there from the first to before the last. */
    static Compare noneIn(ByteString from, ByteString to) {
        return createdAt(from, 0).toBuilder().setRangeEnd(to).build();
    }

    static Compare modifiedAt(ByteString key, long revision) {
        return Compare.newBuilder()
                .setKey(key)
                .setTarget(Compare.CompareTarget.MOD)
                .setResult(Compare.CompareResult.EQUAL)
                .setModRevision(revision)
                .build();
    }

    static RequestOp put(ByteString key, byte[] value, long leaseId) {
        return RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder()
                        .setKey(key)
                        .setValue(ByteString.copyFrom(value))
                        .setLease(leaseId))
                .build();
    }

    /** Puts nothing, ever, and is refused where a put would be: by a full database, or for want of permission. */
    static TxnRequest wouldPut(ByteString... keys) {
        var txn = TxnRequest.newBuilder();
        for (ByteString key : keys) {
            txn.addCompare(createdAt(key, -1)).addSuccess(put(key, new byte[1], 0));
        }
        return txn.build();
    }

    static RequestOp get(ByteString key, boolean keyOnly) {
        return RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder().setKey(key).setKeysOnly(keyOnly))
                .build();
    }

    static RequestOp delete(ByteString key) {
        return RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key))
                .build();
    }

    /** Returns what the range at this place of a transaction's answer found. */
    static Optional<KeyValue> found(TxnResponse response, int index) {
        ResponseOp op = response.getResponses(index);
        return op.getResponseRange().getKvsList().stream().findFirst();
    }
}
