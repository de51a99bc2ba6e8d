package io.culvert.gateway.replicate;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Places for so many at a time, given in the order in which they were asked for. Some more may be spared for those whose peer
 * has none, so that one that is slow does not hold up the others. Who asks holds a {@link Turn}, and may look up from waiting
 * without losing it. Thread-safe.
 */
final class Places {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Turn> waiting = new ArrayDeque<>();
    private final Map<String, Integer> taken = new HashMap<>();
    private final int most;
    private final int spare;
    private int held;

    Places(int most) {
        this(most, 0);
    }

    /** @param spare places beyond {@code most}, each for whose peer holds none */
    Places(int most, int spare) {
        this.most = most;
        this.spare = spare;
    }

    /** Joins the queue, for work that concerns this peer. */
    Turn turn(String peer) {
        Turn turn = new Turn(peer);
        lock.lock();
        try {
            waiting.add(turn);
        } finally {
            lock.unlock();
        }
        return turn;
    }

    /** One who waits for a place and then holds it, until it is closed. */
    final class Turn implements AutoCloseable {

        private final String peer;
        private boolean holds;
        private boolean closed;

        private Turn(String peer) {
            this.peer = peer;
        }

        /** Waits for so long at most; whether the place is there, now or since an earlier call. */
        boolean await(Duration atMost) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                long nanos = atMost.toNanos();
                while (!holds && !isNext() && nanos > 0) {
                    nanos = changed.awaitNanos(nanos);
                }
                if (!holds && isNext()) {
                    holds = true;
                    count(1);
                    waiting.remove(this);
                    changed.signalAll();
                }
                return holds;
            } finally {
                lock.unlock();
            }
        }

        private boolean isNext() {
            return !closed && (held < most ? waiting.peek() == this : held < most + spare && isFirstOfItsPeer());
        }

        private boolean isFirstOfItsPeer() {
            return !taken.containsKey(peer)
                    && waiting.stream()
                                    .filter(turn -> turn.peer.equals(peer))
                                    .findFirst()
                                    .orElseThrow()
                            == this;
        }

        private void count(int by) {
            held += by;
            taken.merge(peer, by, (before, more) -> before + more == 0 ? null : before + more);
        }

        /** Leaves the place, or the queue; a second call does nothing. */
        @Override
        public void close() {
            lock.lock();
            try {
                if (!closed) {
                    closed = true;
                    if (holds) {
                        count(-1);
                    }
                    waiting.remove(this);
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
