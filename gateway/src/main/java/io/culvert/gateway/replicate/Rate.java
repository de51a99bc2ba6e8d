package io.culvert.gateway.replicate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** How fast a counter has grown over the last few seconds. Not thread-safe. */
final class Rate {

    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(5);

    private record Sample(long nanos, long value) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    /** Notes the counter at a moment; a counter that went back begins anew. */
    void add(long nanos, long value) {
        Sample last = samples.peekLast();
        if (last != null && value < last.value()) {
            samples.clear();
        }
        samples.add(new Sample(nanos, value));
        while (samples.size() > 2 && nanos - samples.element().nanos() > WINDOW_NANOS) {
            samples.remove();
        }
    }

    /** 0 until there are two samples. */
    double perSecond() {
        Sample first = samples.peekFirst();
        Sample last = samples.peekLast();
        if (first == null || last == null || last.nanos() <= first.nanos()) {
            return 0;
        }
        return (last.value() - first.value()) * 1e9 / (last.nanos() - first.nanos());
    }
}
