package io.culvert.gateway.alert;

import io.culvert.siteconfig.Alerts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people of alarms by the channels of the site file. It is shown all that stand each {@link #EACH}; what was told and what waits
 * survives a restart ({@link AlertBook}): it is written down before it is sent, and that it was taken when nothing is left to send, or at the next look. Thread-safe; what is
 * written waits for no lock that others need.
 *
 * <p>A disk that takes no file keeps no alert back: it is sent, told to be an alarm, and may be told again after a restart.
 */
public final class Alerting implements AutoCloseable {

    /** Between two looks. */
    public static final Duration EACH = Duration.ofSeconds(5);

    /** A channel that has failed for so long is an alarm itself, which the other channels tell. */
    private static final Duration TROUBLED = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(Alerting.class);
    private static final String OWN = "alerts:";

    private final Surroundings around;
    private final AlertChannels made;
    private final AlertBook book;
    private final AlarmWatch watch;
    private final ReentrantLock writing = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, AlertSender> senders = new LinkedHashMap<>();
    private Alerts config = Alerts.NONE;
    private boolean closed;
    private volatile Map<String, Instant> since = Map.of();
    private volatile String bookTrouble = "";

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
        this.watch = new AlarmWatch(times, before.told(), around.ticker().getAsLong());
        use(config, before.waiting());
    }

    private AlertBook.Pages read() {
        try {
            return book.read();
        } catch (IOException e) {
            LOG.atError().setCause(e).log("what was told before cannot be read: what still stands is told again");
            return AlertBook.Pages.EMPTY;
        }
    }

    /** Takes over what the site file says now. A channel that is new is told what stands; one that goes elsewhere goes on there. */
    public void use(Alerts next) {
        use(next, Map.of());
    }

    /** @param before what waited at the end of an earlier run */
    private void use(Alerts next, Map<String, List<Alert>> before) {
        Map<String, AlertSender> gone = new LinkedHashMap<>();
        lock.lock();
        try {
            if (closed || next.equals(config)) {
                return;
            }
            Map<String, AlertChannel> channels = made.of(next);
            for (String kind : List.copyOf(senders.keySet())) {
                AlertSender sender = senders.get(kind);
                if (sender != null && !channels.containsKey(kind)) {
                    gone.put(kind, sender);
                    senders.remove(kind);
                }
            }
            channels.forEach((kind, channel) -> {
                AlertSender sender = senders.get(kind);
                if (sender == null) {
                    senders.put(kind, begin(kind, channel, before.containsKey(kind) ? before.get(kind) : standing()));
                } else if (AlertChannels.differs(kind, config, next)) {
                    sender.use(channel);
                }
            });
            config = next;
        } finally {
            lock.unlock();
        }
        gone.forEach((kind, sender) -> {
            sender.close();
            LOG.atInfo()
                    .addKeyValue("channel", kind)
                    .log(
                            "it is not in the site file any more; {} alerts were waiting",
                            sender.state().waiting());
        });
    }

    private AlertSender begin(String kind, AlertChannel channel, List<Alert> waiting) {
        AlertSender sender = new AlertSender(
                kind, channel, waiting, this::noteTaken, AlertSender.Pauses.growing(around.random()), around.clock());
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
     * Is shown what stands now; to be called each {@link #EACH}.
     *
     * @param first whether this gateway tells what is the whole site's
     */
    public void look(Sight sight, boolean first) {
        List<Alert> alerts;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            Instant now = around.clock().instant();
            long nowNanos = around.ticker().getAsLong();
            if (senders.isEmpty()) {
                watch.lookOnly(sight, now, nowNanos);
                alerts = List.of();
            } else {
                alerts = watch.look(sight, first, now, nowNanos);
            }
            since = Map.copyOf(watch.since());
        } finally {
            lock.unlock();
        }
        note(alerts);
        alerts.forEach(this::send);
    }

    private void send(Alert alert) {
        LOG.atInfo()
                .addKeyValue("alarm", alert.alarm())
                .addKeyValue("event", alert.event())
                .log("alert: {}", alert.sentence());
        senders().forEach((kind, sender) -> {
            if (isFor(kind, alert)) {
                sender.offer(alert);
            }
        });
    }

    /** What fails is not told that it fails. */
    private static boolean isFor(String kind, Alert alert) {
        return !alert.alarm().equals(OWN + kind);
    }

    private Map<String, AlertSender> senders() {
        lock.lock();
        try {
            return new LinkedHashMap<>(senders);
        } finally {
            lock.unlock();
        }
    }

    /** Called by a sender that has nothing left; what is taken before that is written down at the next look. */
    private void noteTaken() {
        lock.lock();
        try {
            if (closed) {
                return; // the end writes it
            }
        } finally {
            lock.unlock();
        }
        note(List.of());
    }

    /** Writes down what was told and what waits, if that is news. @param more what is about to be sent */
    private void note(List<Alert> more) {
        Map<String, AlertSender> now = senders();
        boolean changed = now.values().stream().map(AlertSender::hasChanged).reduce(false, Boolean::logicalOr);
        if (changed || !more.isEmpty() || !bookTrouble.isEmpty()) {
            write(now, more);
        }
    }

    private void write(Map<String, AlertSender> now, List<Alert> more) {
        Map<String, List<Alert>> waiting = new HashMap<>();
        now.forEach((kind, sender) -> {
            List<Alert> all = new ArrayList<>(sender.waiting());
            more.stream().filter(alert -> isFor(kind, alert)).forEach(all::add);
            waiting.put(kind, all);
        });
        writing.lock();
        try {
            book.write(new AlertBook.Pages(told(), waiting));
            bookTrouble = "";
        } catch (IOException e) {
            if (bookTrouble.isEmpty()) {
                LOG.atWarn().setCause(e).log("what was told cannot be written down: a restart may tell it again");
            }
            bookTrouble = String.valueOf(e.getMessage());
        } finally {
            writing.unlock();
        }
    }

    private List<AlarmWatch.Told> told() {
        lock.lock();
        try {
            return watch.told();
        } finally {
            lock.unlock();
        }
    }

    /** Its own alarms. */
    public List<Alarm> own() {
        Instant now = around.clock().instant();
        List<Alarm> own = new ArrayList<>();
        if (!bookTrouble.isEmpty()) {
            own.add(Alarm.own(
                    "alerts",
                    "",
                    "alerts: what was told cannot be written down, a restart may tell it again: " + bookTrouble));
        }
        for (ChannelState channel : channels()) {
            channel.failingSince()
                    .filter(failing -> failing.plus(TROUBLED).isBefore(now))
                    .ifPresent(failing -> own.add(Alarm.own(
                            OWN + channel.kind(),
                            "",
                            "alerts: " + channel.kind() + " has taken none since " + failing + ", "
                                    + channel.waiting() + " wait: " + channel.trouble()
                                    + "; \"culvert alert test\" tries it")));
        }
        return own;
    }

    /** Those of its own alarms of which it is not known yet whether they stand: of channels that were not heard of since the start. */
    public Set<String> unsure() {
        return channels().stream()
                .filter(channel -> channel.waiting() > 0
                        && channel.delivered().isEmpty()
                        && channel.failingSince()
                                .filter(failing -> failing.plus(TROUBLED)
                                        .isBefore(around.clock().instant()))
                                .isEmpty())
                .map(channel -> OWN + channel.kind())
                .collect(Collectors.toSet());
    }

    /** When an alarm that stands was first seen. */
    public Optional<Instant> since(String alarm) {
        return Optional.ofNullable(since.get(alarm));
    }

    /** How it stands with each channel of the site file. */
    public List<ChannelState> channels() {
        return senders().values().stream().map(AlertSender::state).toList();
    }

    /** Sends a test by each channel, past what waits; returns when all have taken it or failed. What took it is tried with what waits at once. */
    public List<AlertTrial.Result> test() throws InterruptedException {
        Map<String, AlertChannel> channels;
        lock.lock();
        try {
            channels = made.of(config);
        } finally {
            lock.unlock();
        }
        List<AlertTrial.Result> results = new AlertTrial(around.clock(), around.ticker()).run(channels);
        Map<String, AlertSender> now = senders();
        for (AlertTrial.Result result : results) {
            AlertSender sender = now.get(result.kind());
            if (result.taken() && sender != null) {
                sender.works();
            }
        }
        return results;
    }

    /** Ends the senders; what waits is for the next run. */
    @Override
    public void close() {
        Map<String, AlertSender> ending;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            ending = new LinkedHashMap<>(senders);
        } finally {
            lock.unlock();
        }
        ending.values().forEach(AlertSender::close);
        if (!ending.isEmpty()) {
            write(ending, List.of());
        }
    }
}
