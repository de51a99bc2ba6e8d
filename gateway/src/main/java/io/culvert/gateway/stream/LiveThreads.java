package io.culvert.gateway.stream;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The threads that still may use the transport, so that it is not pulled away from under them. */
final class LiveThreads {

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /** Adds a thread; those that have ended are forgotten. */
    void add(Thread thread) {
        threads.removeIf(old -> !old.isAlive());
        threads.add(thread);
    }

    /** Waits for all of them to end, for this long together at most; an interrupt ends the wait. */
    void join(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        try {
            for (Thread thread : threads) {
                if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
