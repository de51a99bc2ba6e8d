package io.culvert.gateway.identity;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs something once, later. */
@FunctionalInterface
public interface Scheduler {
    /** @param task must be short and must not throw */
    void after(Duration delay, Runnable task);

    /** On an executor of the JDK; its owner ends it, and what waits then is dropped. */
    static Scheduler of(ScheduledExecutorService executor) {
        return (delay, task) -> {
            if (!executor.isShutdown()) {
                var unused = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            }
        };
    }
}
