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
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Linearizable reads and transactions, each on whichever member answers. It notices when the cluster was set back: an answer
 * whose revision is lower than one that had arrived before the question was sent cannot come from the same history.
 */
final class EtcdKv {
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
    private record History(int life, long clusterId, long revision, boolean setBack) {
        History with(ResponseHeader header, History asked) {
            if (life != asked.life || setBack) {
                return this;
            }
            boolean other = clusterId != 0 && clusterId != header.getClusterId();
            boolean back = header.getRevision() < asked.revision;
            return new History(life, header.getClusterId(), Math.max(revision, header.getRevision()), other || back);
        }
    }

    /** @param seen what was known of the cluster before */
    EtcdKv(EtcdMembers members, EtcdMemory.Seen seen) {
        this.members = members;
        this.history = new History(0, seen.clusterId(), seen.revision(), false);
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

    /** Returns whether the cluster was restored or replaced; then no call succeeds until {@link #acceptSetBack}. */
    boolean isSetBack() {
        return history.setBack();
    }

    /** How often its present history was given up. */
    long setBacks() {
        return history.life();
    }

    /** Takes the cluster's present history for the true one. */
    void acceptSetBack() {
        lock.lock();
        try {
            history = new History(history.life() + 1, 0, 0, false);
        } finally {
            lock.unlock();
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
