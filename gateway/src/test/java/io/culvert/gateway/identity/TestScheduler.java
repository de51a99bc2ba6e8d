package io.culvert.gateway.identity;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;

/** Keeps what is to run later until a test runs it. */
final class TestScheduler implements Scheduler {
    private record Later(Duration delay, Runnable task) {}

    private final LinkedBlockingQueue<Later> waiting = new LinkedBlockingQueue<>();

    @Override
    public void after(Duration delay, Runnable task) {
        waiting.add(new Later(delay, task));
    }

    /** Runs what waits for exactly this long; what those tasks schedule waits for the next time. */
    void runAll(Duration delay) {
        List<Later> due = new ArrayList<>();
        waiting.drainTo(due);
        for (Later later : due) {
            if (later.delay().equals(delay)) {
                later.task().run();
            } else {
                waiting.add(later);
            }
        }
    }
}
