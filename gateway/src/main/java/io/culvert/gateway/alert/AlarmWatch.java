package io.culvert.gateway.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides which alarms are told, and when. It is shown all that stand, again and again, and answers with what is to be said; it touches
 * no clock, no file and no network. For one thread at a time.
 *
 * <p>An alarm's life: {@code seen -> told -> gone -> cleared}. It is told when it has stood for {@link Times#hold}, or, while a probe of it
 * is under way, when that has found something, at the latest after {@link Times#await}; one that ends before is never told. Once told, it
 * is told again when the probe's verdict is another one, and each {@link Times#remind}. It is cleared when it has been gone for {@link
 * Times#clear}; one that comes back before goes on as the same. An alarm of the site is told by its first gateway only, and cleared by
 * whoever told it.
 */
final class AlarmWatch {

    /**
     * How long what lasts.
     *
     * @param hold how long an alarm stands before it is told: a stream that was cut is back within ten seconds if nothing blocks
     * @param await how long it is held back for a probe
     * @param clear how long it must be gone
     * @param remind after how long one that stands is told again
     */
    record Times(Duration hold, Duration await, Duration clear, Duration remind) {
        static final Times USUAL =
                new Times(Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofSeconds(30), Duration.ofDays(1));
    }

    /** What was said of an alarm that is not cleared. Survives a restart. */
    record Told(String alarm, String sentence, Optional<Finding> finding, Instant since, Instant at) {}

    private static final class Entry {
        private final Instant since;
        private final long sinceNanos;
        private Alarm last;
        private @Nullable Told told;
        private boolean here = true;
        private long goneNanos;

        private Entry(Instant since, long sinceNanos, Alarm last) {
            this.since = since;
            this.sinceNanos = sinceNanos;
            this.last = last;
            this.goneNanos = sinceNanos;
        }
    }

    private final Times times;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** @param before what was told by an earlier run and not cleared */
    AlarmWatch(Times times, Collection<Told> before, long nowNanos) {
        this.times = times;
        for (Told told : before) {
            Alarm last = new Alarm(told.alarm(), Alarm.Scope.GATEWAY, told.sentence(), told.finding(), false);
            Entry entry = new Entry(told.since(), nowNanos, last);
            entry.told = told;
            entries.put(told.alarm(), entry);
        }
    }

    /**
     * Says what is to be told now.
     *
     * @param standing all alarms that stand, each id once
     * @param first whether this gateway tells what is the whole site's
     */
    List<Alert> look(List<Alarm> standing, boolean first, Instant now, long nowNanos) {
        see(standing, now, nowNanos);
        entries.values().removeIf(entry -> !entry.here && entry.told == null);
        List<Alert> alerts = new ArrayList<>();
        entries.values().forEach(entry -> say(entry, first, now, nowNanos).ifPresent(alerts::add));
        entries.values().removeIf(entry -> entry.told == null && !entry.here);
        return alerts;
    }

    /** Takes notice of what stands, where nobody is to be told. */
    void lookOnly(List<Alarm> standing, Instant now, long nowNanos) {
        see(standing, now, nowNanos);
        entries.values().removeIf(entry -> !entry.here);
    }

    private void see(List<Alarm> standing, Instant now, long nowNanos) {
        entries.values().forEach(entry -> entry.here = false);
        for (Alarm alarm : standing) {
            Entry entry = entries.computeIfAbsent(alarm.id(), id -> new Entry(now, nowNanos, alarm));
            entry.last = alarm;
            entry.here = true;
            entry.goneNanos = nowNanos;
        }
    }

    private Optional<Alert> say(Entry entry, boolean first, Instant now, long nowNanos) {
        Told told = entry.told;
        if (!entry.here) {
            if (nowNanos - entry.goneNanos < times.clear().toNanos()) {
                return Optional.empty();
            }
            entry.told = null;
            return Optional.of(alert(Alert.Event.CLEARED, entry, now));
        }
        if (told == null) {
            boolean mine = entry.last.scope() == Alarm.Scope.GATEWAY || first;
            Duration held = entry.last.awaited() ? times.await() : times.hold();
            return mine && nowNanos - entry.sinceNanos >= held.toNanos()
                    ? Optional.of(tell(Alert.Event.RAISED, entry, now))
                    : Optional.empty();
        }
        if (entry.last.finding().isPresent() && !verdict(entry.last.finding()).equals(verdict(told.finding()))) {
            return Optional.of(tell(Alert.Event.CHANGED, entry, now));
        }
        return !now.isBefore(told.at().plus(times.remind()))
                ? Optional.of(tell(Alert.Event.REMINDER, entry, now))
                : Optional.empty();
    }

    private static String verdict(Optional<Finding> finding) {
        return finding.map(Finding::verdict).orElse("");
    }

    private static Alert tell(Alert.Event event, Entry entry, Instant now) {
        Alarm alarm = entry.last;
        entry.told = new Told(alarm.id(), alarm.sentence(), alarm.finding(), entry.since, now);
        return alert(event, entry, now);
    }

    private static Alert alert(Alert.Event event, Entry entry, Instant now) {
        Alarm alarm = entry.last;
        return new Alert(event, alarm.id(), alarm.sentence(), alarm.finding(), entry.since, now);
    }

    /** When an alarm that stands was first seen. */
    Optional<Instant> since(String alarm) {
        return Optional.ofNullable(entries.get(alarm)).map(entry -> entry.since);
    }

    /** What was told and is not cleared. */
    List<Told> told() {
        return entries.values().stream()
                .flatMap(entry -> Optional.ofNullable(entry.told).stream())
                .toList();
    }
}
