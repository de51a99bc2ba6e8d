package io.culvert.gateway.checkpoint;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * How the site's last jobs ended, in etcd. One transaction for each:
 *
 * <pre>
 *   if    create(owner) = the fence's revision        (of what nobody owns: create(ended) = 0)
 *   then  put ended, delete those that are too many
 * </pre>
 *
 * The age of a record is its creation revision: clocks that are wrong or differ do not make a new one look old. A transaction
 * whose answer was lost is sent again and puts the same. Gateways that end jobs at the same moment may leave a few records more
 * than {@link CheckpointStore#MAX_ENDED}; the next end removes them, and until then nobody is shown them.
 */
final class EtcdEnds {
    /** Records that one transaction removes, which etcd lets have 128 operations. */
    private static final int MAX_FORGOTTEN = 32;

    private final EtcdKv kv;
    private final EtcdKeys keys;

    EtcdEnds(EtcdKv kv, EtcdKeys keys) {
        this.kv = kv;
        this.keys = keys;
    }

    void note(Ownership ownership, EndedJob ended) throws StoreUnavailableException, FencedException {
        ByteString owner = keys.owner(ownership.jobId());
        TxnResponse answer = kv.txn(put(ended)
                .addCompare(EtcdKv.createdAt(owner, ownership.fence().revision()))
                .addFailure(EtcdKv.get(owner, false))
                .build());
        if (!answer.getSucceeded()) {
            throw new FencedException(
                    ownership,
                    EtcdWrites.whyLost(ownership, EtcdKv.found(answer, 0)).orElse("its owner record was changed"));
        }
    }

    void note(EndedJob ended) throws StoreUnavailableException {
        kv.txn(put(ended)
                .addCompare(EtcdKv.createdAt(keys.ended(ended.id()), 0))
                .build());
    }

    private TxnRequest.Builder put(EndedJob ended) throws StoreUnavailableException {
        ByteString key = keys.ended(ended.id());
        var txn = TxnRequest.newBuilder().addSuccess(EtcdKv.put(key, EndedCodec.encode(ended), 0));
        RangeResponse oldest = kv.range(all(RangeRequest.SortOrder.ASCEND)
                .setKeysOnly(true)
                .setLimit(MAX_FORGOTTEN)
                .build());
        long fresh = kv.get(key).isPresent() ? 0 : 1;
        long tooMany = oldest.getCount() + fresh - CheckpointStore.MAX_ENDED;
        oldest.getKvsList().stream()
                .limit(Math.max(0, tooMany))
                .map(KeyValue::getKey)
                .filter(old -> !old.equals(key))
                .forEach(old -> txn.addSuccess(EtcdKv.delete(old)));
        return txn;
    }

    EndedJobs newestFirst() throws StoreUnavailableException {
        RangeResponse newest = kv.range(all(RangeRequest.SortOrder.DESCEND)
                .setLimit(CheckpointStore.MAX_ENDED)
                .build());
        List<EndedJob> jobs = new ArrayList<>();
        List<CorruptCheckpointException> damaged = new ArrayList<>();
        for (KeyValue found : newest.getKvsList()) {
            try {
                jobs.add(EndedCodec.decode(
                        keys.runOfEnded(found.getKey()), found.getValue().toByteArray()));
            } catch (CorruptCheckpointException e) {
                damaged.add(e);
            }
        }
        return new EndedJobs(jobs, damaged);
    }

    private RangeRequest.Builder all(RangeRequest.SortOrder order) {
        return RangeRequest.newBuilder()
                .setKey(keys.ended(""))
                .setRangeEnd(keys.endedEnd())
                .setSortTarget(RangeRequest.SortTarget.CREATE)
                .setSortOrder(order);
    }
}
