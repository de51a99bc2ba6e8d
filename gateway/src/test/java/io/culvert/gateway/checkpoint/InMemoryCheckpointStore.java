package io.culvert.gateway.checkpoint;

import io.culvert.dedupe.pool.Fence;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A {@link CheckpointStore} in memory, with the semantics of the one in etcd: several gateways may share a {@link Backend}. It
 * can be sent away, and its ownerships can be taken, to see what its users do then.
 */
public final class InMemoryCheckpointStore implements CheckpointStore {
    /** What the stores of several gateways share. */
    public static final class Backend {
        private final ReentrantLock lock = new ReentrantLock();
        private final Map<String, Ownership> owners = new HashMap<>();
        private final TreeMap<String, Value> values = new TreeMap<>();
        private final Ends ends = new Ends();
        private long revision;
        private boolean away;

        /** Makes every operation fail, or succeed again. */
        public void setAway(boolean away) {
            lock.lock();
            try {
                this.away = away;
            } finally {
                lock.unlock();
            }
        }

        /** Ends the ownership of a job as the end of a lease does: its holder is not told. */
        public void expire(String jobId) {
            lock.lock();
            try {
                owners.remove(jobId);
            } finally {
                lock.unlock();
            }
        }

        byte[] raw(String jobId) {
            lock.lock();
            try {
                Value value = values.get(jobId);
                if (value == null) {
                    throw new IllegalArgumentException("job must have a checkpoint, had none: " + jobId);
                }
                return value.sealed.clone();
            } finally {
                lock.unlock();
            }
        }

        void put(String jobId, byte[] sealed) {
            lock.lock();
            try {
                Value former = values.get(jobId);
                values.put(jobId, new Value(sealed, ++revision, former == null ? 1 : former.version + 1));
            } finally {
                lock.unlock();
            }
        }
    }

    private static final class Value {
        private final byte[] sealed;
        private final long revision;
        private final long version;

        Value(byte[] sealed, long revision, long version) {
            this.sealed = sealed;
            this.revision = revision;
            this.version = version;
        }
    }

    private final Backend backend;
    private final String gateway;
    private final String process = UUID.randomUUID().toString();
    private final Holdings holdings = new Holdings();
    private final Map<Ownership, Long> revisions = new HashMap<>();
    private boolean closed;

    public InMemoryCheckpointStore(Backend backend, String gateway) {
        this.backend = backend;
        this.gateway = gateway;
    }

    @Override
    public Ownership claim(String jobId, LossListener listener) throws IOException {
        Job.requireId(jobId);
        backend.lock.lock();
        try {
            requireLive();
            Ownership present = backend.owners.get(jobId);
            boolean stale = present != null
                    && present.owner().gateway().equals(gateway)
                    && !present.owner().process().equals(process);
            if (present != null && !stale) {
                throw new OwnedException(jobId, present.owner());
            }
            var owner = new Owner(gateway, process, Instant.now());
            var ownership = new Ownership(jobId, new Fence(1, ++backend.revision), owner);
            backend.owners.put(jobId, ownership);
            holdings.add(ownership, listener);
            Value value = backend.values.get(jobId);
            revisions.put(ownership, value == null ? 0 : value.revision);
            return ownership;
        } finally {
            backend.lock.unlock();
        }
    }

    @Override
    public Optional<Owner> owner(String jobId) throws IOException {
        backend.lock.lock();
        try {
            requireLive();
            return Optional.ofNullable(backend.owners.get(Job.requireId(jobId))).map(Ownership::owner);
        } finally {
            backend.lock.unlock();
        }
    }

    @Override
    public List<WriteOutcome> writeAll(List<CheckpointWrite> writes) {
        List<WriteOutcome> outcomes = new ArrayList<>();
        for (CheckpointWrite write : CheckpointBatch.require(writes)) {
            try {
                outcomes.add(new WriteOutcome.Written(writeOne(write)));
            } catch (FencedException e) {
                holdings.lose(write.ownership(), e.reason());
                outcomes.add(new WriteOutcome.Fenced(e));
            } catch (StoreUnavailableException e) {
                outcomes.add(new WriteOutcome.Unknown(e));
            }
        }
        return outcomes;
    }

    private StoredCheckpoint writeOne(CheckpointWrite write) throws FencedException, StoreUnavailableException {
        backend.lock.lock();
        try {
            requireLive();
            requireOwned(write.ownership());
            Value former = backend.values.get(write.jobId());
            if ((former == null ? 0 : former.revision) != revisions.getOrDefault(write.ownership(), 0L)) {
                throw new FencedException(write.ownership(), "its checkpoint was changed by someone else");
            }
            long sequence = former == null ? 1 : former.version + 1;
            var stored = new StoredCheckpoint(
                    write.checkpoint(), sequence, write.ownership().fence(), UUID.randomUUID());
            backend.put(write.jobId(), CheckpointCodec.encode(stored));
            revisions.put(write.ownership(), backend.revision);
            return stored;
        } finally {
            backend.lock.unlock();
        }
    }

    private void requireOwned(Ownership ownership) throws FencedException {
        if (!holdings.holds(ownership)) {
            throw new FencedException(ownership, "it was released, or was lost before");
        }
        Ownership present = backend.owners.get(ownership.jobId());
        if (!ownership.equals(present)) {
            throw new FencedException(
                    ownership,
                    present == null
                            ? "its lease ended"
                            : "gateway " + present.owner().gateway() + " owns it");
        }
    }

    private void requireLive() throws StoreUnavailableException {
        if (closed) {
            throw new StoreUnavailableException("the checkpoint store is closed", null);
        }
        if (backend.away) {
            throw new StoreUnavailableException("the store in memory was sent away", null);
        }
    }

    @Override
    public Optional<StoredCheckpoint> read(String jobId) throws IOException {
        backend.lock.lock();
        try {
            requireLive();
            Value value = backend.values.get(Job.requireId(jobId));
            return value == null ? Optional.empty() : Optional.of(believe(jobId, value));
        } finally {
            backend.lock.unlock();
        }
    }

    private static StoredCheckpoint believe(String jobId, Value value) throws CorruptCheckpointException {
        StoredCheckpoint stored = CheckpointCodec.decode(jobId, value.sealed);
        if (stored.sequence() != value.version) {
            throw new CorruptCheckpointException("the checkpoint of job " + jobId, "an older value was put back");
        }
        return stored;
    }

    @Override
    public CheckpointPage list(String after, int limit) throws IOException {
        CheckpointBatch.requireLimit(limit);
        backend.lock.lock();
        try {
            requireLive();
            List<StoredCheckpoint> checkpoints = new ArrayList<>();
            List<CorruptCheckpointException> damaged = new ArrayList<>();
            for (Map.Entry<String, Value> entry :
                    backend.values.tailMap(after, false).entrySet()) {
                if (checkpoints.size() + damaged.size() == limit) {
                    return new CheckpointPage(checkpoints, damaged, after);
                }
                after = entry.getKey();
                try {
                    checkpoints.add(believe(after, entry.getValue()));
                } catch (CorruptCheckpointException e) {
                    damaged.add(e);
                }
            }
            return new CheckpointPage(checkpoints, damaged, "");
        } finally {
            backend.lock.unlock();
        }
    }

    @Override
    public Deletion delete(Ownership ownership, String attempt) throws IOException {
        @Nullable FencedException fenced;
        backend.lock.lock();
        try {
            requireLive();
            requireOwned(ownership);
            Value value = backend.values.get(ownership.jobId());
            if (value == null) {
                return Deletion.ABSENT;
            }
            if (!carries(ownership.jobId(), value, attempt)) {
                return Deletion.NOT_YOURS;
            }
            backend.values.remove(ownership.jobId());
            revisions.put(ownership, 0L);
            return Deletion.DELETED;
        } catch (FencedException e) {
            fenced = e;
        } finally {
            backend.lock.unlock();
        }
        holdings.lose(ownership, fenced.reason());
        throw fenced;
    }

    private static boolean carries(String jobId, Value value, String attempt) {
        try {
            return CheckpointCodec.decode(jobId, value.sealed)
                    .checkpoint()
                    .attempt()
                    .equals(attempt);
        } catch (CorruptCheckpointException e) {
            return false;
        }
    }

    @Override
    public void noteEnd(Ownership ownership, EndedJob ended) throws IOException {
        @Nullable FencedException fenced;
        backend.lock.lock();
        try {
            requireLive();
            requireOwned(ownership);
            backend.ends.add(ended.under(ownership));
            return;
        } catch (FencedException e) {
            fenced = e;
        } finally {
            backend.lock.unlock();
        }
        holdings.lose(ownership, fenced.reason());
        throw fenced;
    }

    @Override
    public void noteEnd(EndedJob ended) throws IOException {
        backend.lock.lock();
        try {
            requireLive();
            if (!backend.ends.has(ended.id())) {
                backend.ends.add(ended);
            }
        } finally {
            backend.lock.unlock();
        }
    }

    @Override
    public EndedJobs ended() throws IOException {
        backend.lock.lock();
        try {
            requireLive();
            return new EndedJobs(backend.ends.newestFirst(), List.of());
        } finally {
            backend.lock.unlock();
        }
    }

    @Override
    public boolean isOwned(Ownership ownership) {
        backend.lock.lock();
        try {
            return !backend.away && holdings.holds(ownership);
        } finally {
            backend.lock.unlock();
        }
    }

    @Override
    public void release(Ownership ownership) {
        backend.lock.lock();
        try {
            if (holdings.remove(ownership)) {
                backend.owners.remove(ownership.jobId(), ownership);
            }
        } finally {
            backend.lock.unlock();
        }
    }

    @Override
    public StoreState state() {
        backend.lock.lock();
        try {
            if (closed) {
                return new StoreState(StoreState.Health.CLOSED, Instant.EPOCH, "the checkpoint store is closed");
            }
            return backend.away
                    ? new StoreState(StoreState.Health.AWAY, Instant.EPOCH, "the store in memory was sent away")
                    : new StoreState(StoreState.Health.LIVE, Instant.EPOCH, "checkpoints are kept in memory");
        } finally {
            backend.lock.unlock();
        }
    }

    @Override
    public void close() {
        backend.lock.lock();
        try {
            closed = true;
            holdings.removeAll().forEach(ownership -> backend.owners.remove(ownership.jobId(), ownership));
        } finally {
            backend.lock.unlock();
        }
    }
}
