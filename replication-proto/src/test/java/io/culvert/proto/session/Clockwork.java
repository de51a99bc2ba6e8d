package io.culvert.proto.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Simulated time: events happen in the order of their times, those of one time in the order they were planned. */
final class Clockwork {

    /** Lines kept of what happened last. */
    private static final int TRACE_LINES = 400;

    private record Event(long time, long sequence, Runnable run) {}

    private final PriorityQueue<Event> events = new PriorityQueue<>((a, b) -> {
        int order = Long.compare(a.time(), b.time());
        return order != 0 ? order : Long.compare(a.sequence(), b.sequence());
    });
    private final Deque<Supplier<String>> trace = new ArrayDeque<>();
    private final RandomGenerator random;
    private long now;
    private long planned;

    Clockwork(RandomGenerator random) {
        this.random = random;
    }

    long now() {
        return now;
    }

    RandomGenerator random() {
        return random;
    }

    /** A time from now, 1 to {@code most} ticks long. */
    long soon(int most) {
        return now + 1 + random.nextInt(most);
    }

    boolean oneIn(int odds) {
        return random.nextInt(odds) == 0;
    }

    void at(long time, Runnable run) {
        events.add(new Event(Math.max(time, now), planned++, run));
    }

    /** Lets the next event happen; false if there is none. */
    boolean step() {
        Event next = events.poll();
        if (next == null) {
            return false;
        }
        now = next.time();
        next.run().run();
        return true;
    }

    /** Notes what happened; made into text only if a run fails. */
    void note(Supplier<String> line) {
        long when = now;
        trace.add(() -> "%7d  %s".formatted(when, line.get()));
        if (trace.size() > TRACE_LINES) {
            trace.remove();
        }
    }

    String trace() {
        StringBuilder lines = new StringBuilder();
        trace.forEach(line -> lines.append(line.get()).append('\n'));
        return lines.toString();
    }
}
