package io.culvert.proto.channel;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the windows of a gateway's channels may together be larger than their first credit, whatever streams they are in: so a
 * disk that pauses fills this much memory and no more, however many peers send.
 *
 * <p>Divided max-min fairly (Bertsekas and Gallager, Data Networks, 1987, 6.5.2): who wants less than an equal share has all it
 * wants, the others have equal parts of the rest. Who came first and has more than that gives it back while it consumes.
 * Thread-safe.
 */
public final class WindowBudget {

    /** Three replication sessions at full speed over 1 Gbit/s x 80 ms, or more of them at less. */
    public static final int BYTES = 48 << 20;

    private final int bytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Loan> loans = new HashSet<>();
    private long wantedBytes;
    private int lentBytes;
    private volatile int shareBytes = Integer.MAX_VALUE;

    /** One of {@link #BYTES}. */
    public WindowBudget() {
        this(BYTES);
    }

    WindowBudget(int bytes) {
        this.bytes = bytes;
    }

    /** What is lent now. */
    public int lentBytes() {
        lock.lock();
        try {
            return lentBytes;
        } finally {
            lock.unlock();
        }
    }

    Loan loan() {
        return new Loan();
    }

    /** The most that anybody has when all have their fair share; no bound if there is enough for all. */
    private int fairShare() {
        if (wantedBytes <= bytes) {
            return Integer.MAX_VALUE;
        }
        int[] wants = loans.stream().mapToInt(loan -> loan.wanted).sorted().toArray();
        int left = bytes;
        for (int i = 0; i < wants.length; i++) {
            int equal = left / (wants.length - i);
            if (wants[i] > equal) {
                return equal;
            }
            left -= wants[i];
        }
        throw new IllegalStateException("all of " + Arrays.toString(wants) + " fit into " + bytes);
    }

    /** What one channel has of it. */
    final class Loan {

        private int wanted;
        private int lent;

        private Loan() {}

        /** Says how much it wants in all, and takes what of that it lacks, is its share and is left; returns what this added. */
        int want(int totalBytes) {
            lock.lock();
            try {
                wants(Math.max(0, totalBytes));
                int added = Math.clamp((long) Math.min(wanted, shareBytes) - lent, 0, bytes - lentBytes);
                lent += added;
                lentBytes += added;
                return added;
            } finally {
                lock.unlock();
            }
        }

        private void wants(int totalBytes) {
            if (totalBytes == wanted) {
                return;
            }
            wantedBytes += totalBytes - wanted;
            wanted = totalBytes;
            if (totalBytes > 0) {
                loans.add(this);
            } else {
                loans.remove(this);
            }
            shareBytes = fairShare();
        }

        int lentBytes() {
            return lent;
        }

        /** What it has beyond its share, and others wait for. */
        int excessBytes() {
            return Math.max(0, lent - shareBytes);
        }

        /** Gives a part back. */
        void giveBack(int partBytes) {
            lock.lock();
            try {
                lent -= partBytes;
                lentBytes -= partBytes;
            } finally {
                lock.unlock();
            }
        }

        /** Gives all of it back; a second call does nothing. */
        void close() {
            giveBack(lent);
            want(0);
        }
    }
}
