package io.culvert.gateway.alert;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the alerts of one channel, in order, each until it is taken: a channel that fails holds up no other one and no alarm.
 *
 * <p>At most {@link #MOST} wait; then, and when one is {@link #OLD}, the oldest is given up, which is logged and counted. Between two tries
 * it waits 5 s, then twice as long each time up to 5 minutes, give or take a fifth. An alert may be taken twice: where an answer was lost,
 * or the gateway died between the answer and {@code changed}. One virtual thread; the lock is a leaf.
 */
final class AlertSender implements AutoCloseable {

    /** Alerts that wait. */
    static final int MOST = 100;

    /** An alert that nobody took for so long is of no use any more. */
    static final Duration OLD = Duration.ofDays(1);

    static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    /** How long the end of the gateway waits for what is being sent. */
    private static final Duration LAST = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(AlertSender.class);

    private final String kind;
    private final Runnable changed;
    private final Pauses pauses;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final ArrayDeque<Alert> queue = new ArrayDeque<>();
    private final Thread thread;
    private AlertChannel channel;
    private long dropped;
    private boolean hurried;
    private @Nullable Instant delivered;
    private @Nullable Instant failingSince;
    private String trouble = "";

    /** How long a channel that failed is left alone. */
    interface Pauses {
        /** @param failures in a row, from 1 */
        Duration after(int failures);

        /** The usual ones. */
        static Pauses growing(RandomGenerator random) {
            return failures -> {
                long millis = Math.min(FIRST_PAUSE.toMillis() << Math.min(failures - 1, 10), LONGEST_PAUSE.toMillis());
                return Duration.ofMillis(Math.round(millis * (0.8 + 0.4 * random.nextDouble())));
            };
        }
    }

    /**
     * @param waiting what an earlier run had still to send
     * @param changed called, without a lock, when there is less to send
     */
    AlertSender(
            String kind,
            AlertChannel channel,
            List<Alert> waiting,
            Runnable changed,
            Pauses pauses,
            InstantSource clock) {
        this.kind = kind;
        this.channel = channel;
        this.changed = changed;
        this.pauses = pauses;
        this.clock = clock;
        waiting.forEach(this::addLocked);
        this.thread = Thread.ofVirtual().name("alerts-" + kind).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Queues one. */
    void offer(Alert alert) {
        lock.lock();
        try {
            addLocked(alert);
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    private void addLocked(Alert alert) {
        if (queue.size() == MOST) {
            giveUpLocked("too many wait");
        }
        queue.addLast(alert);
    }

    private void giveUpLocked(String why) {
        Alert lost = queue.removeFirst();
        dropped++;
        LOG.atError()
                .addKeyValue("channel", kind)
                .addKeyValue("alarm", lost.alarm())
                .log("an alert is given up, {}: {}", why, lost.sentence());
    }

    /** From now on it goes there, and at once. */
    void use(AlertChannel other) {
        lock.lock();
        try {
            channel = other;
            failingSince = null;
            trouble = "";
            hurried = true;
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    /** What is still to be sent, the oldest first. */
    List<Alert> waiting() {
        lock.lock();
        try {
            return List.copyOf(queue);
        } finally {
            lock.unlock();
        }
    }

    ChannelState state() {
        lock.lock();
        try {
            return new ChannelState(
                    kind,
                    channel.target(),
                    Optional.ofNullable(delivered),
                    Optional.ofNullable(failingSince),
                    trouble,
                    queue.size(),
                    dropped);
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        int failures = 0;
        try {
            while (true) {
                Next next = next();
                boolean taken = sent(next);
                failures = taken ? 0 : failures + 1;
                if (taken) {
                    changed.run();
                } else if (pause(pauses.after(failures))) {
                    failures = 0;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Next(Alert alert, AlertChannel channel) {}

    private Next next() throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                while (!queue.isEmpty() && queue.getFirst().at().plus(OLD).isBefore(clock.instant())) {
                    giveUpLocked("nobody took it for a day");
                }
                if (!queue.isEmpty()) {
                    hurried = false;
                    return new Next(queue.getFirst(), channel);
                }
                more.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether it was taken. */
    private boolean sent(Next next) throws InterruptedException {
        String why = "";
        try {
            next.channel().send(next.alert());
        } catch (IOException e) {
            why = String.valueOf(e.getMessage());
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).addKeyValue("channel", kind).log("a bug: an alert could not be sent");
            why = "a bug of the gateway: " + e;
        }
        return why.isEmpty() ? taken(next.alert()) : failed(next, why);
    }

    private boolean taken(Alert alert) {
        lock.lock();
        try {
            queue.removeFirstOccurrence(alert);
            delivered = clock.instant();
            failingSince = null;
            trouble = "";
        } finally {
            lock.unlock();
        }
        LOG.atInfo()
                .addKeyValue("channel", kind)
                .addKeyValue("alarm", alert.alarm())
                .addKeyValue("event", alert.event())
                .log("an alert was sent");
        return true;
    }

    private boolean failed(Next next, String why) {
        boolean fresh;
        lock.lock();
        try {
            if (channel != next.channel()) {
                return false; // another one is to take it
            }
            fresh = !why.equals(trouble);
            failingSince = failingSince == null ? clock.instant() : failingSince;
            trouble = why;
        } finally {
            lock.unlock();
        }
        if (fresh) {
            LOG.atWarn().addKeyValue("channel", kind).log("alerts wait: {}", why);
        }
        return false;
    }

    /** Whether it was cut short by another channel. */
    private boolean pause(Duration pause) throws InterruptedException {
        lock.lock();
        try {
            long left = pause.toNanos();
            while (left > 0 && !hurried) {
                left = more.awaitNanos(left);
            }
            return hurried;
        } finally {
            lock.unlock();
        }
    }

    /** Ends without a word: what waits is for the next run. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(LAST);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
