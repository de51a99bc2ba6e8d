package io.culvert.gateway.checkpoint;

import io.culvert.dedupe.pool.Fence;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes and ends ownerships: {@code if create(owner) = 0 then put owner with the lease}. The fence's revision is the owner
 * record's creation revision, its epoch what the site record says in the same transaction: another gateway may have begun a new
 * one since this one's lease was granted.
 *
 * <p>An owner record of this gateway's own name that the caller does not hold belongs to a former run of it, or to a claim whose
 * answer was lost; it is removed, guarded by its revision, and the claim made anew with a greater fence.
 */
final class EtcdClaims {
    private static final int MAX_ROUNDS = 8;

    private final EtcdKv kv;
    private final EtcdKeys keys;
    private final String gateway;
    private final String process = UUID.randomUUID().toString();
    private final InstantSource clock;

    /** A new ownership and where its job's checkpoint stood then. */
    record Claimed(Ownership ownership, EtcdWrites.Position position) {}

    EtcdClaims(EtcdKv kv, EtcdKeys keys, String gateway, InstantSource clock) {
        this.kv = kv;
        this.keys = keys;
        this.gateway = gateway;
        this.clock = clock;
    }

    /** Which run of the gateway this is. */
    String process() {
        return process;
    }

    Claimed claim(String jobId, EtcdSession.Lease lease) throws OwnedException, StoreUnavailableException {
        var record = new EtcdOwner(new Owner(gateway, process, clock.instant()), UUID.randomUUID());
        TxnRequest request = TxnRequest.newBuilder()
                .addCompare(EtcdKv.createdAt(keys.owner(jobId), 0))
                .addSuccess(EtcdKv.put(keys.owner(jobId), record.encode(), lease.id()))
                .addSuccess(EtcdKv.get(keys.checkpoint(jobId), true))
                .addSuccess(EtcdKv.get(keys.site(), false))
                .addFailure(EtcdKv.get(keys.owner(jobId), false))
                .addFailure(EtcdKv.get(keys.checkpoint(jobId), true))
                .addFailure(EtcdKv.get(keys.site(), false))
                .build();
        String trouble = "the owner of job " + jobId + " kept changing while it was claimed";
        for (int round = 0; round < MAX_ROUNDS; round++) {
            TxnResponse answer = kv.txn(request);
            long revision = answer.getHeader().getRevision();
            if (!answer.getSucceeded()) {
                Optional<KeyValue> found = EtcdKv.found(answer, 0);
                if (found.isEmpty()) {
                    continue; // gone between the guard and now
                }
                EtcdOwner present = ownerIn(jobId, found.get());
                revision = found.get().getCreateRevision();
                if (!present.operation().equals(record.operation())) {
                    if (!present.owner().gateway().equals(gateway)) {
                        throw new OwnedException(jobId, present.owner());
                    }
                    remove(jobId, revision);
                    continue;
                }
            }
            try {
                EtcdSite site = site(EtcdKv.found(answer, 2));
                if (site.marked().isPresent()) {
                    remove(jobId, revision);
                    String why = site.marked().get().sentence("etcd, prefix " + keys.prefix());
                    throw new StoreUnavailableException(new EtcdFailure(EtcdFailure.Kind.REFUSED, why), null);
                }
                var fence = new Fence(site.epoch(), revision);
                return new Claimed(
                        new Ownership(jobId, fence, record.owner()), EtcdWrites.Position.of(EtcdKv.found(answer, 1)));
            } catch (CorruptCheckpointException e) {
                trouble = e.sentence();
                kv.elsewhere(); // where the claim is found to have been made
            }
        }
        throw new StoreUnavailableException(trouble, null);
    }

    private EtcdSite site(Optional<KeyValue> site) throws CorruptCheckpointException {
        if (site.isEmpty()) {
            throw new CorruptCheckpointException("the etcd prefix " + keys.prefix(), "its site record was removed");
        }
        return EtcdSite.decode(keys.prefix(), site.get()).site();
    }

    Optional<Owner> owner(String jobId) throws StoreUnavailableException {
        return kv.get(keys.owner(jobId)).map(found -> ownerIn(jobId, found).owner());
    }

    /** An owner record that cannot be read still owns: its lease ends it, or a person. */
    static EtcdOwner ownerIn(String jobId, KeyValue found) {
        try {
            return EtcdOwner.decode(jobId, found.getValue().toByteArray());
        } catch (CorruptCheckpointException e) {
            var unknown = new Owner("(unreadable owner record)", "unknown", Instant.EPOCH);
            return new EtcdOwner(unknown, new UUID(0, 0));
        }
    }

    private void remove(String jobId, long createRevision) throws StoreUnavailableException {
        kv.txn(TxnRequest.newBuilder()
                .addCompare(EtcdKv.createdAt(keys.owner(jobId), createRevision))
                .addSuccess(EtcdKv.delete(keys.owner(jobId)))
                .build());
    }

    /** Removes whatever owner record this run of the gateway left for a job that it does not hold. */
    void removeStray(String jobId) throws StoreUnavailableException {
        Optional<KeyValue> found = kv.get(keys.owner(jobId));
        if (found.isPresent() && ownerIn(jobId, found.get()).owner().process().equals(process)) {
            remove(jobId, found.get().getCreateRevision());
        }
    }

    void release(Ownership ownership) throws StoreUnavailableException {
        remove(ownership.jobId(), ownership.fence().revision());
    }
}
