package io.culvert.gateway.checkpoint;

import com.google.protobuf.ByteString;
import io.culvert.dedupe.pool.Fence;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.IntConsumer;

/**
 * Reads and writes what an etcd keeps of a site for good. Each write is one transaction:
 *
 * <pre>
 *   if    mod(site) = where this migration's mark was written, create(each key) = 0
 *   then  put each key
 *   else  get site, get each key
 * </pre>
 *
 * So one whose mark was replaced by another run writes nothing more. An answer that was lost makes the transaction be sent again, whose
 * guard fails then; the values read back are the same.
 */
final class EtcdCopy {
    /** Notes have up to 60,000 bytes, and an answer at most 4 MB. */
    private static final int NOTES_OF_A_PAGE = 50;

    private final EtcdKv kv;
    private final EtcdKeys keys;

    EtcdCopy(EtcdKv kv, EtcdKeys keys) {
        this.kv = kv;
        this.keys = keys;
    }

    StoreContent read() throws IOException {
        List<Checkpoint> checkpoints = new ArrayList<>();
        List<String> damaged = new ArrayList<>();
        EtcdReads reads = new EtcdReads(kv, keys);
        String after = "";
        do {
            CheckpointPage page = reads.list(after, CheckpointStore.MAX_PAGE);
            page.checkpoints().forEach(stored -> checkpoints.add(stored.checkpoint()));
            page.damaged().forEach(one -> damaged.add(one.sentence()));
            after = page.next();
        } while (!after.isEmpty());
        EndedJobs ended = new EtcdEnds(kv, keys).newestFirst();
        ended.damaged().forEach(one -> damaged.add(one.sentence()));
        TreeMap<String, ByteString> notes = new TreeMap<>();
        for (String kind : List.of("gateway", "note")) {
            ByteString from = keys.kind(kind);
            RangeResponse page;
            do {
                page = kv.range(RangeRequest.newBuilder()
                        .setKey(from)
                        .setRangeEnd(keys.kindEnd(kind))
                        .setLimit(NOTES_OF_A_PAGE)
                        .build());
                for (KeyValue one : page.getKvsList()) {
                    notes.put(keys.nameIn(keys.all(), one.getKey()), one.getValue());
                    from = one.getKey().concat(ByteString.copyFrom(new byte[1]));
                }
            } while (page.getMore());
        }
        return new StoreContent(checkpoints, ended.jobs().reversed(), notes, damaged);
    }

    /**
     * Has these be all that is kept.
     *
     * @param mark where the mark of this migration was written: also the revision of the fence under which it writes
     * @throws RefusedMigrationException if the mark is not there any more
     */
    void replace(StoreContent content, Fence mark, IntConsumer progress) throws IOException {
        clear(mark.revision());
        int done = 0;
        Map<ByteString, byte[]> batch = new LinkedHashMap<>();
        for (Checkpoint one : content.checkpoints()) {
            byte[] sealed = CheckpointCodec.encode(new StoredCheckpoint(one, 1, mark, UUID.randomUUID()));
            batch.put(keys.checkpoint(one.job().id()), sealed);
            if (batch.size() == CheckpointStore.MAX_BATCH) {
                done = put(batch, mark.revision(), done, progress);
            }
        }
        done = put(batch, mark.revision(), done, progress);
        for (EndedJob one : content.ended()) { // one after the other: the revision of each is its age
            batch.put(keys.ended(one.id()), EndedCodec.encode(one));
            done = put(batch, mark.revision(), done, progress);
        }
        for (Map.Entry<String, ByteString> one : content.notes().entrySet()) {
            batch.put(keys.named(one.getKey()), one.getValue().toByteArray());
            done = put(batch, mark.revision(), done, progress);
        }
    }

    private void clear(long mark) throws IOException {
        var txn = TxnRequest.newBuilder().addCompare(EtcdKv.modifiedAt(keys.site(), mark));
        for (String kind : EtcdKeys.KEPT) {
            txn.addSuccess(RequestOp.newBuilder()
                    .setRequestDeleteRange(DeleteRangeRequest.newBuilder()
                            .setKey(keys.kind(kind))
                            .setRangeEnd(keys.kindEnd(kind))));
        }
        if (!kv.txn(txn.build()).getSucceeded()) {
            throw takenOver();
        }
    }

    private int put(Map<ByteString, byte[]> batch, long mark, int done, IntConsumer progress) throws IOException {
        if (batch.isEmpty()) {
            return done;
        }
        Compare guard = EtcdKv.modifiedAt(keys.site(), mark);
        var txn = TxnRequest.newBuilder().addCompare(guard).addFailure(EtcdKv.get(keys.site(), true));
        batch.forEach((key, value) -> txn.addCompare(EtcdKv.createdAt(key, 0))
                .addSuccess(EtcdKv.put(key, value, 0))
                .addFailure(EtcdKv.get(key, false)));
        TxnResponse answer = kv.txn(txn.build());
        if (!answer.getSucceeded() && !landed(batch, mark, answer)) {
            throw takenOver();
        }
        int now = done + batch.size();
        batch.clear();
        progress.accept(now);
        return now;
    }

    private static boolean landed(Map<ByteString, byte[]> batch, long mark, TxnResponse answer) {
        boolean ours = EtcdKv.found(answer, 0)
                .filter(site -> site.getModRevision() == mark)
                .isPresent();
        int place = 1;
        for (byte[] value : batch.values()) {
            ours &= EtcdKv.found(answer, place++)
                    .filter(found -> found.getValue().equals(ByteString.copyFrom(value)))
                    .isPresent();
        }
        return ours;
    }

    private RefusedMigrationException takenOver() {
        return new RefusedMigrationException(
                "another run of culvert etcd migrate has taken this migration over, or etcd was"
                        + " changed by hand at " + keys.prefix()
                        + "; when no other one runs, run this one again: it goes on");
    }
}
