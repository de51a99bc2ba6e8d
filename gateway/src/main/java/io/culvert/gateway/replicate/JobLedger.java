package io.culvert.gateway.replicate;

import io.culvert.dedupe.pool.Fence;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where jobs are owned and remembered; the composition root puts the checkpoint store behind it.
 *
 * <p>What it keeps is a hint for people and for the restart: what is durable at the receiver is found out anew.
 */
public interface JobLedger {

    /**
     * Takes the ownership of a job.
     *
     * @param lost called when it is lost later; the job notes nothing more under it
     * @throws ElsewhereException if somebody else owns it
     * @throws LedgerException if the store does not answer
     */
    Claim claim(JobKey key, Runnable lost) throws LedgerException;

    /** What the gateways before this one left. */
    Memory recall() throws IOException;

    /** Every job of which anything is remembered. */
    Set<JobKey> known() throws IOException;

    /**
     * Remembers of one job what it remembered of another, whose pool has another name now: its newest replica, how its runs ended, and where it
     * stands if it goes on. May be called again after it failed or was broken off.
     *
     * @return false if one of the two is owned, and nothing was done
     */
    boolean rehome(JobKey from, JobKey to) throws IOException;

    /**
     * Remembers how a job ended that had no claim, because nobody else could have gone on with it.
     *
     * @throws LedgerException if the store does not answer
     */
    void ended(Job.View job) throws LedgerException;

    /**
     * What a site knows of its jobs when its gateway starts.
     *
     * @param unfinished the jobs that go on
     * @param ended the last ones that ended, newest first
     * @param replicas what is complete at the peers
     */
    record Memory(List<JobNote> unfinished, List<Job.View> ended, Map<JobKey, Replica> replicas) {
        public Memory {
            unfinished = List.copyOf(unfinished);
            ended = List.copyOf(ended);
            replicas = Map.copyOf(replicas);
        }
    }

    /**
     * The newest complete snapshot of a dataset in one pool of one peer.
     *
     * @param created when its source was read
     */
    record Replica(String snapshot, Instant created) {}

    /** An ownership. */
    interface Claim {
        /** What the receiver knows this ownership by, higher than that of every earlier one of the job. */
        Fence fence();

        /**
         * Whether this run was noted last and had not ended, as it stood when the job was claimed. What cannot be read counts as unfinished.
         *
         * @param run the id that people see
         */
        boolean isUnfinished(String run);

        /**
         * Remembers where the job stands; now and then, the latest wins.
         *
         * @throws LedgerException if the ownership was lost
         */
        void note(JobNote note) throws LedgerException;

        /**
         * Remembers where the job stands, durably when it returns.
         *
         * @throws LedgerException if the ownership was lost or the store does not answer
         */
        void noteNow(JobNote note) throws LedgerException;

        /**
         * Remembers how the job ended, for people.
         *
         * @throws LedgerException if the ownership was lost or the store does not answer
         */
        void ended(Job.View job) throws LedgerException;

        void release();
    }

    /** One dataset on its way to one pool of one peer: never owned twice. */
    record JobKey(String dataset, String peer, String pool) {
        /** The name in the store. */
        public String id() {
            return dataset + "@" + peer + "/" + pool;
        }

        /** What the ids of its runs begin with. */
        String stem() {
            return dataset + "@" + peer;
        }
    }

    /**
     * What is remembered of a job.
     *
     * @param run the id that people see
     * @param sentence why it waits or failed; empty otherwise
     * @param replica what it completed; empty before it is done
     */
    record JobNote(
            JobKey key,
            String run,
            String attempt,
            Job.State state,
            String sentence,
            Optional<Replica> replica,
            Instant created,
            Progress.View progress) {}

    /** The ledger does not answer, or somebody else owns the job: it goes on when that has passed. */
    sealed class LedgerException extends IOException {
        private static final long serialVersionUID = 1L;

        public LedgerException(String message, IOException cause) {
            super(message, cause);
        }
    }

    /** Another gateway owns the job. */
    final class ElsewhereException extends LedgerException {
        private static final long serialVersionUID = 1L;

        public ElsewhereException(String message, IOException cause) {
            super(message, cause);
        }
    }
}
