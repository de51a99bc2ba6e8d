package io.culvert.gateway.alert;

import io.culvert.siteconfig.Alerts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people of alarms by the channels of the site file. It looks at all that stand each {@link #EACH}; what was told and what waits
 * survives a restart ({@link AlertBook}). Thread-safe.
 *
 * <p>A disk that takes no file keeps no alert back: it is sent, and told again after a restart.
 */
public final class Alerting implements AutoCloseable {

    /** Between two looks. */
    public static final Duration EACH = Duration.ofSeconds(5);

    /** A channel that has failed for so long is an alarm itself, which the other channels tell. */
    private static final Duration TROUBLED = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(Alerting.class);

    private final Surroundings around;
    private final AlertChannels made;
    private final AlertBook book;
    private final AlarmWatch watch;
    private final Map<String, List<Alert>> left;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, AlertSender> senders = new LinkedHashMap<>();
    private Alerts config = Alerts.NONE;
    private boolean bookFails;
    private boolean closed;

    /** What it is given. */
    public record Surroundings(
            Path stateDir,
            Origin origin,
            LocalLog localLog,
            InstantSource clock,
            LongSupplier ticker,
            RandomGenerator random) {}

    public Alerting(Surroundings around, Alerts config) {
        this(around, config, AlarmWatch.Times.USUAL, MachineTrust.BUNDLES);
    }

    Alerting(Surroundings around, Alerts config, AlarmWatch.Times times, List<Path> bundles) {
        this.around = around;
        this.made = new AlertChannels(around.origin(), around.localLog(), bundles);
        this.book = new AlertBook(around.stateDir());
        AlertBook.Pages before = read();
        this.left = new LinkedHashMap<>(before.waiting());
        this.watch = new AlarmWatch(times, before.told(), around.ticker().getAsLong());
        use(config);
    }

    private AlertBook.Pages read() {
        try {
            return book.read();
        } catch (IOException e) {
            LOG.atError().setCause(e).log("what was told before cannot be read: what still stands is told again");
            return AlertBook.Pages.EMPTY;
        }
    }

    /** Takes over what the site file says now. A channel that is new is told what stands. */
    public void use(Alerts next) {
        List<AlertSender> gone = new ArrayList<>();
        lock.lock();
        try {
            if (closed || next.equals(config)) {
                return;
            }
            config = next;
            Map<String, AlertChannel> channels = made.of(next);
            senders.entrySet().removeIf(sender -> {
                boolean unnamed = !channels.containsKey(sender.getKey());
                if (unnamed) {
                    gone.add(sender.getValue());
                }
                return unnamed;
            });
            channels.forEach((kind, channel) -> {
                AlertSender sender = senders.get(kind);
                if (sender == null) {
                    senders.put(kind, begin(kind, channel));
                } else {
                    sender.use(channel);
                }
            });
        } finally {
            lock.unlock();
        }
        gone.forEach(AlertSender::close);
    }

    private AlertSender begin(String kind, AlertChannel channel) {
        List<Alert> waiting = left.containsKey(kind) ? left.remove(kind) : standing();
        AlertSender sender = new AlertSender(
                kind, channel, waiting, this::note, AlertSender.Pauses.growing(around.random()), around.clock());
        sender.start();
        return sender;
    }

    private List<Alert> standing() {
        Instant now = around.clock().instant();
        return watch.told().stream()
                .map(told ->
                        new Alert(Alert.Event.RAISED, told.alarm(), told.sentence(), told.finding(), told.since(), now))
                .toList();
    }

    /**
     * Is shown all alarms that stand now, each id once; to be called each {@link #EACH}.
     *
     * @param first whether this gateway tells what is the whole site's
     */
    public void look(List<Alarm> standing, boolean first) {
        boolean told;
        lock.lock();
        try {
            Instant now = around.clock().instant();
            long nowNanos = around.ticker().getAsLong();
            if (closed || senders.isEmpty()) {
                watch.lookOnly(standing, now, nowNanos);
                return;
            }
            List<Alert> alerts = watch.look(standing, first, now, nowNanos);
            for (Alert alert : alerts) {
                LOG.atInfo()
                        .addKeyValue("alarm", alert.alarm())
                        .addKeyValue("event", alert.event())
                        .log("alert: {}", alert.sentence());
                senders.forEach((kind, sender) -> {
                    if (!alert.alarm().equals(id(kind))) { // what fails is not told that it fails
                        sender.offer(alert);
                    }
                });
            }
            told = !alerts.isEmpty();
        } finally {
            lock.unlock();
        }
        if (told) {
            note();
        }
    }

    private static String id(String kind) {
        return "alerts:" + kind;
    }

    /** Those of the channels themselves. */
    public List<Alarm> own() {
        Instant now = around.clock().instant();
        return channels().stream()
                .filter(channel -> channel.failingSince()
                        .filter(since -> since.plus(TROUBLED).isBefore(now))
                        .isPresent())
                .map(channel -> Alarm.own(
                        id(channel.kind()),
                        "alerts: " + channel.kind() + " has taken none since "
                                + channel.failingSince().orElse(now) + ", " + channel.waiting() + " wait: "
                                + channel.trouble()))
                .toList();
    }

    /** Writes down what was told and what waits. */
    private void note() {
        lock.lock();
        try {
            if (!closed) {
                writeLocked();
            }
        } finally {
            lock.unlock();
        }
    }

    private void writeLocked() {
        Map<String, List<Alert>> waiting = new LinkedHashMap<>(left);
        senders.forEach((kind, sender) -> waiting.put(kind, sender.waiting()));
        try {
            book.write(new AlertBook.Pages(watch.told(), waiting));
            bookFails = false;
        } catch (IOException e) {
            if (!bookFails) {
                LOG.atWarn().setCause(e).log("what was told cannot be written down: a restart tells it again");
            }
            bookFails = true;
        }
    }

    /** When an alarm that stands was first seen. */
    public Optional<Instant> since(String alarm) {
        lock.lock();
        try {
            return watch.since(alarm);
        } finally {
            lock.unlock();
        }
    }

    /** How it stands with each channel of the site file. */
    public List<ChannelState> channels() {
        lock.lock();
        try {
            return senders.values().stream().map(AlertSender::state).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Sends a test by each channel, past what waits; returns when all have taken it or failed. */
    public List<AlertTest.Result> test() throws InterruptedException {
        Map<String, AlertChannel> channels;
        lock.lock();
        try {
            channels = made.of(config);
        } finally {
            lock.unlock();
        }
        return new AlertTest(around.clock(), around.ticker()).run(channels);
    }

    /** Ends the senders; what waits is for the next run. */
    @Override
    public void close() {
        List<AlertSender> ending;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true; // from now on nothing is noted but what is left at the end
            ending = List.copyOf(senders.values());
        } finally {
            lock.unlock();
        }
        ending.forEach(AlertSender::close);
        lock.lock();
        try {
            if (!senders.isEmpty()) {
                writeLocked();
            }
        } finally {
            lock.unlock();
        }
    }
}
