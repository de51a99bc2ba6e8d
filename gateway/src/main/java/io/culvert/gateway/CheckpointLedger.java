package io.culvert.gateway;

import io.culvert.dedupe.pool.Fence;
import io.culvert.gateway.checkpoint.Checkpoint;
import io.culvert.gateway.checkpoint.CheckpointPage;
import io.culvert.gateway.checkpoint.CheckpointStore;
import io.culvert.gateway.checkpoint.CheckpointWriter;
import io.culvert.gateway.checkpoint.CorruptCheckpointException;
import io.culvert.gateway.checkpoint.EndedJob;
import io.culvert.gateway.checkpoint.EndedJobs;
import io.culvert.gateway.checkpoint.OwnedException;
import io.culvert.gateway.checkpoint.Ownership;
import io.culvert.gateway.checkpoint.StoredCheckpoint;
import io.culvert.gateway.replicate.Job;
import io.culvert.gateway.replicate.JobLedger;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the jobs' notes in the checkpoint store.
 *
 * <p>What a job completed last stands in its checkpoint and is carried on by each owner, so that the lag survives restarts and
 * costs no write of its own. How the last jobs ended stands beside it, one small write for each.
 */
final class CheckpointLedger implements JobLedger, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointLedger.class);

    private final CheckpointStore store;
    private final CheckpointWriter writer;
    private final InstantSource clock;

    CheckpointLedger(CheckpointStore store, InstantSource clock) {
        this.store = store;
        this.writer = new CheckpointWriter(store);
        this.clock = clock;
    }

    @Override
    public Claim claim(JobKey key, Runnable lost) throws LedgerException {
        try {
            Ownership ownership = store.claim(key.id(), (owned, reason) -> lost.run());
            boolean known = false;
            try {
                Claim claim = owned(ownership, key);
                known = true;
                return claim;
            } finally {
                if (!known) {
                    store.release(ownership);
                }
            }
        } catch (OwnedException e) {
            throw new ElsewhereException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new LedgerException(String.valueOf(e.getMessage()), e);
        }
    }

    /** A checkpoint that is damaged is replaced by the owner's next one, without what the job completed last. */
    private Claim owned(Ownership ownership, JobKey key) throws IOException {
        try {
            Optional<Checkpoint> noted = store.read(key.id()).map(StoredCheckpoint::checkpoint);
            Optional<String> unfinished = noted.flatMap(JobNotes::unfinished).map(JobNote::run);
            return new Owned(
                    ownership,
                    noted.flatMap(JobNotes::newest),
                    run -> unfinished.filter(run::equals).isPresent());
        } catch (CorruptCheckpointException e) {
            damaged(e);
            return new Owned(ownership, Optional.empty(), run -> true);
        }
    }

    private static void damaged(CorruptCheckpointException found) {
        LOG.warn("{}; what it said is forgotten", found.sentence());
    }

    @Override
    public Memory recall() throws IOException {
        List<JobNote> unfinished = new ArrayList<>();
        Map<JobKey, Replica> replicas = new HashMap<>();
        String after = "";
        do {
            CheckpointPage page = store.list(after, CheckpointStore.MAX_PAGE);
            for (StoredCheckpoint stored : page.checkpoints()) {
                Checkpoint checkpoint = stored.checkpoint();
                if (!JobNotes.key(checkpoint).id().equals(checkpoint.job().id())) {
                    continue; // of a version whose jobs had other names: nobody will write it again
                }
                JobNotes.unfinished(checkpoint).ifPresent(unfinished::add);
                JobNotes.newest(checkpoint).ifPresent(replica -> replicas.put(JobNotes.key(checkpoint), replica));
            }
            page.damaged().forEach(CheckpointLedger::damaged);
            after = page.next();
        } while (!after.isEmpty());
        EndedJobs ended = store.ended();
        ended.damaged().forEach(CheckpointLedger::damaged);
        return new Memory(unfinished, ended.jobs().stream().map(JobNotes::view).toList(), replicas);
    }

    @Override
    public Set<JobKey> known() throws IOException {
        Set<JobKey> known = new HashSet<>();
        String after = "";
        do {
            CheckpointPage page = store.list(after, CheckpointStore.MAX_PAGE);
            page.checkpoints().forEach(stored -> known.add(JobNotes.key(stored.checkpoint())));
            after = page.next();
        } while (!after.isEmpty());
        store.ended().jobs().forEach(ended -> known.add(JobNotes.key(ended.last())));
        return known;
    }

    /** What is written is written before what it replaces is removed, under the ownership of both. */
    @Override
    public boolean rehome(JobKey from, JobKey to) throws IOException {
        try {
            Ownership kept = store.claim(to.id(), (owned, reason) -> {});
            try {
                Ownership left = store.claim(from.id(), (owned, reason) -> {});
                try {
                    rehome(left, from, kept, to);
                } finally {
                    store.release(left);
                }
            } finally {
                store.release(kept);
            }
            return true;
        } catch (OwnedException e) {
            return false;
        }
    }

    private void rehome(Ownership left, JobKey from, Ownership kept, JobKey to) throws IOException {
        Optional<Checkpoint> old = checkpoint(from);
        if (old.isPresent()) {
            store.write(kept, JobNotes.rehomed(old.get(), to, checkpoint(to)));
        }
        for (EndedJob ended : store.ended().jobs().reversed()) {
            if (JobNotes.key(ended.last()).equals(from)) {
                store.noteEnd(kept, JobNotes.rehomed(ended, to));
            }
        }
        if (old.isPresent()) {
            store.delete(left, old.get().attempt());
        }
    }

    /** One that is damaged is as good as none. */
    private Optional<Checkpoint> checkpoint(JobKey key) throws IOException {
        try {
            return store.read(key.id()).map(StoredCheckpoint::checkpoint);
        } catch (CorruptCheckpointException e) {
            damaged(e);
            return Optional.empty();
        }
    }

    @Override
    public void ended(Job.View job) throws LedgerException {
        try {
            store.noteEnd(JobNotes.ended(job));
        } catch (IOException e) {
            throw new LedgerException(String.valueOf(e.getMessage()), e);
        }
    }

    /** One ownership. */
    private final class Owned implements Claim {
        private final Ownership ownership;
        private final Optional<Replica> before;
        private final Predicate<String> unfinished;

        Owned(Ownership ownership, Optional<Replica> before, Predicate<String> unfinished) {
            this.ownership = ownership;
            this.before = before;
            this.unfinished = unfinished;
        }

        @Override
        public Fence fence() {
            return ownership.fence();
        }

        @Override
        public boolean isUnfinished(String run) {
            return unfinished.test(run);
        }

        @Override
        public void note(JobNote note) {
            writer.submit(ownership, checkpoint(note));
        }

        @Override
        public void noteNow(JobNote note) throws LedgerException {
            writer.submit(ownership, checkpoint(note));
            try {
                writer.flush(ownership.jobId());
            } catch (IOException e) {
                throw new LedgerException(String.valueOf(e.getMessage()), e);
            }
        }

        private Checkpoint checkpoint(JobNote note) {
            return JobNotes.checkpoint(note, note.replica().or(() -> before), clock.instant());
        }

        @Override
        public void ended(Job.View job) throws LedgerException {
            try {
                store.noteEnd(ownership, JobNotes.ended(job));
            } catch (IOException e) {
                throw new LedgerException(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public void release() {
            writer.forget(ownership.jobId());
            store.release(ownership);
        }
    }

    @Override
    public void close() {
        writer.close();
    }
}
