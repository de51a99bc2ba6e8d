package io.culvert.gateway.checkpoint;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads checkpoints, and believes none that is damaged at every member or that is an older one put back. */
final class EtcdReads {
    private final EtcdKv kv;
    private final EtcdKeys keys;

    EtcdReads(EtcdKv kv, EtcdKeys keys) {
        this.kv = kv;
        this.keys = keys;
    }

    Optional<StoredCheckpoint> read(String jobId) throws StoreUnavailableException, CorruptCheckpointException {
        return kv.get(keys.checkpoint(jobId), found -> believe(jobId, found));
    }

    CheckpointPage list(String after, int limit) throws StoreUnavailableException {
        CheckpointBatch.requireLimit(limit);
        ByteString from = after.isEmpty() ? keys.checkpoint("") : keys.checkpointsAfter(after);
        RangeResponse range = kv.range(RangeRequest.newBuilder()
                .setKey(from)
                .setRangeEnd(keys.checkpointsEnd())
                .setLimit(limit)
                .build());
        List<StoredCheckpoint> checkpoints = new ArrayList<>();
        List<CorruptCheckpointException> damaged = new ArrayList<>();
        String last = "";
        for (KeyValue found : range.getKvsList()) {
            last = keys.jobOfCheckpoint(found.getKey());
            try {
                checkpoints.add(believe(last, found));
            } catch (CorruptCheckpointException one) {
                readAgain(last, checkpoints, damaged);
            }
        }
        return new CheckpointPage(checkpoints, damaged, range.getMore() ? last : "");
    }

    /** Reads what one member gave damaged: another may have it whole. */
    private void readAgain(String jobId, List<StoredCheckpoint> checkpoints, List<CorruptCheckpointException> damaged)
            throws StoreUnavailableException {
        try {
            read(jobId).ifPresent(checkpoints::add);
        } catch (CorruptCheckpointException e) {
            damaged.add(e);
        }
    }

    /** Refuses also what etcd's own count of writes shows to be an older value put back. */
    private static StoredCheckpoint believe(String jobId, KeyValue found) throws CorruptCheckpointException {
        StoredCheckpoint stored = CheckpointCodec.decode(jobId, found.getValue().toByteArray());
        if (stored.sequence() != found.getVersion() || stored.fence().revision() >= found.getModRevision()) {
            throw new CorruptCheckpointException(
                    "the checkpoint of job " + jobId,
                    "it carries sequence " + stored.sequence() + " but was written " + found.getVersion()
                            + " times: an older value was put back");
        }
        return stored;
    }
}
