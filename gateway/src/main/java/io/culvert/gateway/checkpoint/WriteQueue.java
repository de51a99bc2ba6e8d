package io.culvert.gateway.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which checkpoints are due when: of each job the latest only, at most one per interval unless it is urgent, and in any second
 * no more than the site's limit, urgent ones included. Of those due, urgent ones go first, then those whose last write is
 * longest ago. Pure: time is an argument. One thread at a time.
 */
final class WriteQueue {
    /**
     * The bounds.
     *
     * @param jobIntervalNanos between the writes of one job
     * @param perSecond writes of all jobs in any one second
     * @param batch writes in one call to the store
     */
    record Limits(long jobIntervalNanos, int perSecond, int batch) {
        static final Limits DEFAULT = new Limits(SECOND_NANOS, 200, CheckpointStore.MAX_BATCH);
    }

    private static final long SECOND_NANOS = 1_000_000_000L;

    /** One job's place in the queue. */
    private static final class Slot {
        private @Nullable CheckpointWrite latest;
        private boolean urgent;
        private boolean inFlight;
        private long notBeforeNanos;

        Slot(long nowNanos) {
            notBeforeNanos = nowNanos;
        }
    }

    private final Limits limits;

    /** In the order of their last writes. */
    private final LinkedHashMap<String, Slot> slots = new LinkedHashMap<>();

    /** The times of the last writes, as many as a second may have; the oldest is at the cursor. */
    private final long[] writtenNanos;

    private long writes;

    WriteQueue(Limits limits) {
        this.limits = limits;
        this.writtenNanos = new long[limits.perSecond()];
    }

    /** Puts a checkpoint in the place of the job's former one, if that was not written yet. */
    void submit(CheckpointWrite write, long nowNanos) {
        slots.computeIfAbsent(write.jobId(), id -> new Slot(nowNanos)).latest = write;
    }

    /** Lets the job's checkpoint go before its interval is over. */
    void urge(String jobId) {
        Slot slot = slots.get(jobId);
        if (slot != null) {
            slot.urgent = true;
        }
    }

    void urgeAll() {
        slots.values().forEach(slot -> slot.urgent = true);
    }

    /** Returns whether the job has a checkpoint that is not written yet. */
    boolean isPending(String jobId) {
        Slot slot = slots.get(jobId);
        return slot != null && (slot.inFlight || slot.latest != null);
    }

    boolean isEmpty() {
        return slots.values().stream().noneMatch(slot -> slot.inFlight || slot.latest != null);
    }

    /** Takes what is due. Each must come back by one of {@link #written}, {@link #retry} and {@link #drop}. */
    List<CheckpointWrite> takeDue(long nowNanos) {
        List<CheckpointWrite> due = new ArrayList<>();
        take(true, nowNanos, due);
        take(false, nowNanos, due);
        return due;
    }

    private void take(boolean urgent, long nowNanos, List<CheckpointWrite> due) {
        for (Slot slot : slots.values()) {
            if (due.size() == limits.batch() || limitNanos(nowNanos) > 0) {
                return;
            }
            CheckpointWrite latest = slot.latest;
            if (latest != null && !slot.inFlight && (urgent ? slot.urgent : nowNanos - slot.notBeforeNanos >= 0)) {
                due.add(latest);
                slot.latest = null;
                slot.inFlight = true;
                slot.urgent = false;
                writtenNanos[(int) (writes++ % writtenNanos.length)] = nowNanos;
            }
        }
    }

    /** How long the site's limit forbids any write. */
    private long limitNanos(long nowNanos) {
        if (writes < writtenNanos.length) {
            return 0;
        }
        return writtenNanos[(int) (writes % writtenNanos.length)] + SECOND_NANOS - nowNanos;
    }

    void written(String jobId, long nowNanos) {
        Slot slot = slots.remove(jobId);
        if (slot != null) {
            slot.inFlight = false;
            slot.notBeforeNanos = nowNanos + limits.jobIntervalNanos();
            slots.put(jobId, slot); // to the end of the order
        }
    }

    /** Gives back what may not have been written, to be tried again after an interval unless a later one has come. */
    void retry(CheckpointWrite write, long nowNanos) {
        Slot slot = slots.get(write.jobId());
        if (slot != null) {
            slot.inFlight = false;
            slot.notBeforeNanos = nowNanos + limits.jobIntervalNanos();
            if (slot.latest == null) {
                slot.latest = write;
            }
        }
    }

    /** Forgets the job. */
    void drop(String jobId) {
        slots.remove(jobId);
    }

    /** Returns how long until something is due, 0 if it is; empty if nothing waits. */
    OptionalLong waitNanos(long nowNanos) {
        long best = Long.MAX_VALUE;
        for (Map.Entry<String, Slot> entry : slots.entrySet()) {
            Slot slot = entry.getValue();
            if (slot.latest != null && !slot.inFlight) {
                best = Math.min(best, slot.urgent ? 0 : Math.max(0, slot.notBeforeNanos - nowNanos));
            }
        }
        return best == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(Math.max(best, limitNanos(nowNanos)));
    }
}
