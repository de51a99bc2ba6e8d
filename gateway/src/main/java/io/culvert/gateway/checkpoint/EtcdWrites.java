package io.culvert.gateway.checkpoint;

import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Guarded writes of checkpoints. One transaction for a batch:
 *
 * <pre>
 *   if    for each job: create(owner) = the fence's revision, mod(checkpoint) = the last one known
 *   then  put each checkpoint
 *   else  get each owner and checkpoint
 * </pre>
 *
 * An answer that was lost makes the transaction be sent again, with the same operation ids: if the first one landed, the guard
 * fails and the values read back carry those ids. So does a guard that fails because an earlier, abandoned write of the same
 * ownership landed late: the value carries this fence, is taken as the new base, and the write is tried again.
 */
final class EtcdWrites {
    private static final int MAX_ROUNDS = 8;

    /** Where a job's checkpoint stands in etcd; both 0 if there is none. */
    record Position(long modRevision, long version) {
        static final Position ABSENT = new Position(0, 0);

        static Position of(Optional<KeyValue> found) {
            return found.map(value -> new Position(value.getModRevision(), value.getVersion()))
                    .orElse(ABSENT);
        }
    }

    /** One write on its way. */
    private record Attempt(int index, CheckpointWrite write, UUID operation) {
        Ownership ownership() {
            return write.ownership();
        }
    }

    private final EtcdKv kv;
    private final EtcdKeys keys;
    private final ConcurrentHashMap<Ownership, Position> positions = new ConcurrentHashMap<>();

    EtcdWrites(EtcdKv kv, EtcdKeys keys) {
        this.kv = kv;
        this.keys = keys;
    }

    /** Starts to write under an ownership, on top of what was there when it was made. */
    void begin(Ownership ownership, Position position) {
        positions.put(ownership, position);
    }

    void end(Ownership ownership) {
        positions.remove(ownership);
    }

    Map<Integer, WriteOutcome> write(Map<Integer, CheckpointWrite> writes) {
        Map<Integer, WriteOutcome> outcomes = new LinkedHashMap<>();
        List<Attempt> open = new ArrayList<>();
        writes.forEach((index, write) -> open.add(new Attempt(index, write, UUID.randomUUID())));
        StoreUnavailableException failure =
                new StoreUnavailableException("the checkpoints kept changing while they were written", null);
        for (int round = 0; round < MAX_ROUNDS && !open.isEmpty(); round++) {
            try {
                settle(open, outcomes);
            } catch (StoreUnavailableException e) {
                failure = e;
                break;
            }
        }
        for (Attempt attempt : open) {
            outcomes.put(attempt.index(), new WriteOutcome.Unknown(failure));
        }
        return outcomes;
    }

    /** Sends one transaction for all open attempts and takes those out that are decided by it. */
    private void settle(List<Attempt> open, Map<Integer, WriteOutcome> outcomes) throws StoreUnavailableException {
        open.removeIf(attempt -> {
            boolean ended = !positions.containsKey(attempt.ownership());
            if (ended) {
                outcomes.put(attempt.index(), fenced(attempt.ownership(), "it ended while it was written"));
            }
            return ended;
        });
        if (open.isEmpty()) {
            return;
        }
        var txn = TxnRequest.newBuilder();
        List<StoredCheckpoint> sent = new ArrayList<>();
        for (Attempt attempt : open) {
            String jobId = attempt.ownership().jobId();
            Position base = position(attempt);
            var stored = new StoredCheckpoint(
                    attempt.write().checkpoint(),
                    base.version() + 1,
                    attempt.ownership().fence(),
                    attempt.operation());
            sent.add(stored);
            txn.addCompare(EtcdKv.createdAt(
                            keys.owner(jobId), attempt.ownership().fence().revision()))
                    .addCompare(EtcdKv.modifiedAt(keys.checkpoint(jobId), base.modRevision()))
                    .addSuccess(EtcdKv.put(keys.checkpoint(jobId), CheckpointCodec.encode(stored), 0))
                    .addFailure(EtcdKv.get(keys.owner(jobId), false))
                    .addFailure(EtcdKv.get(keys.checkpoint(jobId), false));
        }
        TxnResponse answer = kv.txn(txn.build());
        List<Attempt> undecided = new ArrayList<>();
        for (int i = 0; i < open.size(); i++) {
            Attempt attempt = open.get(i);
            @Nullable
            WriteOutcome outcome = answer.getSucceeded()
                    ? landed(
                            attempt,
                            sent.get(i),
                            new Position(
                                    answer.getHeader().getRevision(),
                                    sent.get(i).sequence()))
                    : judge(attempt, EtcdKv.found(answer, 2 * i), EtcdKv.found(answer, 2 * i + 1));
            if (outcome == null) {
                undecided.add(attempt);
            } else {
                outcomes.put(attempt.index(), outcome);
            }
        }
        open.clear();
        open.addAll(undecided);
    }

    /** Decides one attempt of a transaction whose guard failed; null if it is to be sent again. */
    private @Nullable WriteOutcome judge(Attempt attempt, Optional<KeyValue> owner, Optional<KeyValue> checkpoint) {
        Ownership ownership = attempt.ownership();
        Optional<String> taken = whyLost(ownership, owner);
        if (taken.isPresent()) {
            return fenced(ownership, taken.get());
        }
        Position found = Position.of(checkpoint);
        if (found.modRevision() == position(attempt).modRevision()) {
            return null; // another job of the batch failed the guard
        }
        Optional<StoredCheckpoint> own = checkpoint.flatMap(value -> writtenUnder(ownership, value));
        if (own.isEmpty()) {
            return fenced(
                    ownership, "its checkpoint in etcd was changed by someone else at revision " + found.modRevision());
        }
        if (own.get().operation().equals(attempt.operation())) {
            return landed(attempt, own.get(), found);
        }
        positions.replace(ownership, found);
        return null;
    }

    private WriteOutcome landed(Attempt attempt, StoredCheckpoint stored, Position position) {
        positions.replace(attempt.ownership(), position);
        return new WriteOutcome.Written(stored);
    }

    private Position position(Attempt attempt) {
        return positions.getOrDefault(attempt.ownership(), Position.ABSENT);
    }

    private static Optional<StoredCheckpoint> writtenUnder(Ownership ownership, KeyValue value) {
        try {
            StoredCheckpoint stored =
                    CheckpointCodec.decode(ownership.jobId(), value.getValue().toByteArray());
            boolean own = stored.fence().equals(ownership.fence()) && stored.sequence() == value.getVersion();
            return own ? Optional.of(stored) : Optional.empty();
        } catch (CorruptCheckpointException e) {
            return Optional.empty(); // not what this process wrote, whatever it is
        }
    }

    /** Returns why an ownership is lost, judged by the owner record found in etcd. */
    static Optional<String> whyLost(Ownership ownership, Optional<KeyValue> owner) {
        if (owner.isEmpty()) {
            return Optional.of("its lease in etcd ended");
        }
        if (owner.get().getCreateRevision() == ownership.fence().revision()) {
            return Optional.empty();
        }
        try {
            Owner now = EtcdOwner.decode(
                            ownership.jobId(), owner.get().getValue().toByteArray())
                    .owner();
            return Optional.of("gateway " + now.gateway() + " owns it since " + now.since());
        } catch (CorruptCheckpointException e) {
            return Optional.of(e.sentence());
        }
    }

    /** Deletes the checkpoint of this attempt, if nothing else is there. */
    Deletion delete(Ownership ownership, String attempt) throws StoreUnavailableException, FencedException {
        String jobId = ownership.jobId();
        boolean asked = false;
        for (int round = 0; round < MAX_ROUNDS; round++) {
            Optional<KeyValue> found = kv.get(keys.checkpoint(jobId));
            if (found.isEmpty()) {
                positions.replace(ownership, Position.ABSENT);
                return asked ? Deletion.DELETED : Deletion.ABSENT;
            }
            if (!carries(found.get(), jobId, attempt)) {
                return Deletion.NOT_YOURS;
            }
            asked = true;
            TxnResponse answer = kv.txn(TxnRequest.newBuilder()
                    .addCompare(EtcdKv.createdAt(
                            keys.owner(jobId), ownership.fence().revision()))
                    .addCompare(EtcdKv.modifiedAt(
                            keys.checkpoint(jobId), found.get().getModRevision()))
                    .addSuccess(EtcdKv.delete(keys.checkpoint(jobId)))
                    .addFailure(EtcdKv.get(keys.owner(jobId), false))
                    .build());
            if (!answer.getSucceeded()) {
                Optional<String> taken = whyLost(ownership, EtcdKv.found(answer, 0));
                if (taken.isPresent()) {
                    throw new FencedException(ownership, taken.get());
                }
            }
        }
        throw new StoreUnavailableException(
                "the checkpoint of job " + jobId + " kept changing while it was deleted", null);
    }

    private static boolean carries(KeyValue value, String jobId, String attempt) {
        try {
            return CheckpointCodec.decode(jobId, value.getValue().toByteArray())
                    .checkpoint()
                    .attempt()
                    .equals(attempt);
        } catch (CorruptCheckpointException e) {
            return false; // an unreadable attempt is nobody's own
        }
    }

    private static WriteOutcome.Fenced fenced(Ownership ownership, String reason) {
        return new WriteOutcome.Fenced(new FencedException(ownership, reason));
    }
}
