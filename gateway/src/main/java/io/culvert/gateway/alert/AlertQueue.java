package io.culvert.gateway.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The alerts that wait for one channel, the oldest first. At most {@link #MOST}: beyond that reminders go first, then the oldest. One that was tried and
 * is {@link #OLD} is given up as well. What is given up is logged and counted. For whoever holds the sender's lock.
 */
final class AlertQueue {

    /** More than a large site has alarms at once. */
    static final int MOST = 1_000;

    /** An alert that nobody took for so long is of no use any more. */
    static final Duration OLD = Duration.ofDays(1);

    private static final Logger LOG = LoggerFactory.getLogger(AlertQueue.class);

    private final String kind;
    private final ArrayDeque<Alert> queue = new ArrayDeque<>();
    private @Nullable Alert tried;
    private long dropped;

    AlertQueue(String kind, List<Alert> waiting) {
        this.kind = kind;
        waiting.forEach(this::add);
    }

    void add(Alert alert) {
        if (queue.size() == MOST) {
            Alert least = queue.stream()
                    .filter(one -> one.event() == Alert.Event.REMINDER)
                    .findFirst()
                    .orElse(queue.getFirst());
            giveUp(least, "too many wait");
        }
        queue.addLast(alert);
    }

    Optional<Alert> first() {
        return Optional.ofNullable(queue.peekFirst());
    }

    /** It was sent in vain. */
    void tried(Alert alert) {
        tried = alert;
    }

    void remove(Alert alert) {
        queue.removeFirstOccurrence(alert);
    }

    /** The other side does not want it. */
    void refuse(Alert alert, String why) {
        if (queue.contains(alert)) {
            giveUp(alert, "it is refused (" + why + ")");
        }
    }

    /** Gives up what is too old, if it was tried: a clock that leaps makes nothing old that nobody was offered. */
    boolean giveUpOld(Instant now) {
        Alert first = queue.peekFirst();
        if (first == null || !first.equals(tried) || !first.at().plus(OLD).isBefore(now)) {
            return false;
        }
        giveUp(first, "nobody took it for a day");
        return true;
    }

    private void giveUp(Alert lost, String why) {
        queue.removeFirstOccurrence(lost);
        dropped++;
        LOG.atError()
                .addKeyValue("channel", kind)
                .addKeyValue("alarm", lost.alarm())
                .log("an alert is given up, {}: {}", why, lost.sentence());
    }

    List<Alert> all() {
        return List.copyOf(queue);
    }

    int size() {
        return queue.size();
    }

    long dropped() {
        return dropped;
    }
}
