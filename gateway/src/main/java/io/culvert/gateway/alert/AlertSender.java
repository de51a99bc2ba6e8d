package io.culvert.gateway.alert;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
 * <p>Between two tries it waits 5 s, then twice as long each time up to 5 minutes, give or take a fifth; a try ends after {@link #LIMIT}. An alert
 * may be taken twice: where an answer was lost, or the gateway died before it was written down that it was taken. A platform thread, since
 * names are looked up in it, which holds its carrier; the lock is a leaf.
 */
final class AlertSender implements AutoCloseable {
    static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /** How long one try may take: a mail server may look through a mail before it answers. */
    private static final Duration LIMIT = Duration.ofMinutes(4);

    /** A try that takes longer is shown. */
    private static final Duration SLOW = Duration.ofSeconds(30);

    /** How long the end of the gateway waits for what is being sent. */
    private static final Duration LAST = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(AlertSender.class);

    private final String kind;
    private final Runnable emptied;
    private final Pauses pauses;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final AlertQueue queue;
    private final Thread thread;
    private AlertChannel channel;
    private boolean hurried;
    private boolean changed;
    private @Nullable Cut current;
    private @Nullable Instant tryingSince;
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
     * @param emptied called, in its thread and without a lock, when nothing is left to send
     */
    AlertSender(
            String kind,
            AlertChannel channel,
            List<Alert> waiting,
            Runnable emptied,
            Pauses pauses,
            InstantSource clock) {
        this.kind = kind;
        this.channel = channel;
        this.emptied = emptied;
        this.pauses = pauses;
        this.clock = clock;
        this.queue = new AlertQueue(kind, waiting);
        this.thread = Thread.ofPlatform().daemon().name("alerts-" + kind).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Queues one. */
    void offer(Alert alert) {
        lock.lock();
        try {
            queue.add(alert);
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    /** From now on it goes there, and at once. */
    void use(AlertChannel other) {
        lock.lock();
        try {
            channel = other;
            wellLocked();
            hurried = true;
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Somebody saw that it works: what waits is tried at once. */
    void works() {
        lock.lock();
        try {
            wellLocked();
            hurried = true;
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    private void wellLocked() {
        failingSince = null;
        trouble = "";
    }

    /** What is still to be sent, the oldest first. */
    List<Alert> waiting() {
        lock.lock();
        try {
            return queue.all();
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is less to send than when this was asked last. */
    boolean hasChanged() {
        lock.lock();
        try {
            boolean was = changed;
            changed = false;
            return was;
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
                    Optional.ofNullable(isSlowLocked() ? tryingSince : failingSince),
                    isSlowLocked() ? "it has not taken yet what it was sent" : trouble,
                    queue.size(),
                    queue.dropped());
        } finally {
            lock.unlock();
        }
    }

    /** Whether the first try is under way for so long that something is wrong. */
    private boolean isSlowLocked() {
        return failingSince == null
                && tryingSince != null
                && tryingSince.plus(SLOW).isBefore(clock.instant());
    }

    private void run() {
        int failures = 0;
        try {
            while (true) {
                Next next = next();
                failures = sent(next) ? 0 : failures + 1;
                if (failures > 0 && pause(pauses.after(failures))) {
                    failures = 0;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Next(Alert alert, AlertChannel channel, Cut cut) {}

    private Next next() throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                changed |= queue.giveUpOld(clock.instant());
                Optional<Alert> first = queue.first();
                if (first.isPresent()) {
                    hurried = false;
                    tryingSince = clock.instant();
                    current = new Cut(LIMIT);
                    return new Next(first.get(), channel, current);
                }
                more.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is dealt with. */
    private boolean sent(Next next) throws InterruptedException {
        try (Cut cut = next.cut()) {
            boolean taken = taken(next.alert(), next.channel().send(next.alert(), cut));
            if (waiting().isEmpty()) {
                emptied.run();
            }
            return taken;
        } catch (RefusedAlertException e) {
            return refused(next, AlertText.line(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            return failed(
                    next, AlertText.line(String.valueOf(next.cut().explained(e).getMessage())));
        } catch (RuntimeException | Error e) { // whoever tells of what is wrong must not end without a word
            LOG.atError().setCause(e).addKeyValue("channel", kind).log("a bug: an alert could not be sent");
            return failed(next, "a bug of the gateway: " + AlertText.line(String.valueOf(e)));
        } finally {
            lock.lock();
            try {
                current = null;
                tryingSince = null;
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean taken(Alert alert, Optional<String> remark) {
        lock.lock();
        try {
            queue.remove(alert);
            changed = true;
            delivered = clock.instant();
            failingSince = null;
            trouble = remark.map(AlertText::line).orElse("");
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

    private boolean refused(Next next, String why) {
        lock.lock();
        try {
            queue.refuse(next.alert(), why);
            changed = true;
        } finally {
            lock.unlock();
        }
        failed(next, why);
        return true; // the next one may be wanted
    }

    private boolean failed(Next next, String why) {
        boolean fresh;
        lock.lock();
        try {
            if (channel != next.channel()) {
                return false; // another one is to take it
            }
            queue.tried(next.alert());
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

    /** Whether it was cut short. */
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

    /** Ends it, also in the middle of a try; what waits is for the next run. */
    @Override
    public void close() {
        thread.interrupt();
        Cut cut;
        lock.lock();
        try {
            cut = current;
        } finally {
            lock.unlock();
        }
        if (cut != null) {
            cut.now();
        }
        try {
            thread.join(LAST);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
