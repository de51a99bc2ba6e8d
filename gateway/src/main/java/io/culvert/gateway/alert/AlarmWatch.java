package io.culvert.gateway.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides which alarms are told, and when. It is shown all that stand, again and again, and answers with what is to be said; it touches
 * no clock, no file and no network. For one thread at a time.
 *
 * <p>An alarm's life: {@code seen -> told -> gone -> cleared}. It is told when it stands and was first seen {@link Times#hold} ago, or, while a
 * probe of it is under way, when that has found something, at the latest after {@link Times#await}. One that comes and goes is one alarm
 * for as long as it is never gone for {@link Times#clear}; one that was gone so long before it was told is forgotten. Once told, it is told
 * again when its cause or the verdict is one that was not told yet, and each {@link Times#remind}. It is cleared when it has been gone for
 * {@link Times#clear}, which does not run while it is not known whether it stands. An alarm of the site is told by its first gateway only,
 * and cleared by whoever told it.
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

    /**
     * What was said of an alarm that is not cleared. Survives a restart.
     *
     * @param matters all causes and verdicts that were told
     */
    record Told(
            String alarm, String sentence, Optional<Finding> finding, Set<String> matters, Instant since, Instant at) {
        Told {
            Objects.requireNonNull(alarm);
            Objects.requireNonNull(sentence);
            Objects.requireNonNull(finding);
            Objects.requireNonNull(since);
            Objects.requireNonNull(at);
            matters = Set.copyOf(matters);
        }
    }

    private static final class Entry {
        private final Instant since;
        private final long sinceNanos;
        private Alarm last;
        private @Nullable Told told;
        private boolean here = true;
        private long seenNanos;

        private Entry(Instant since, long sinceNanos, Alarm last) {
            this.since = since;
            this.sinceNanos = sinceNanos;
            this.last = last;
            this.seenNanos = sinceNanos;
        }
    }

    private final Times times;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** @param before what was told by an earlier run and not cleared */
    AlarmWatch(Times times, Collection<Told> before, long nowNanos) {
        this.times = times;
        for (Told told : before) {
            Alarm last = new Alarm(told.alarm(), "", Alarm.Scope.GATEWAY, told.sentence(), told.finding(), false);
            Entry entry = new Entry(told.since(), nowNanos, last);
            entry.told = told;
            entries.put(told.alarm(), entry);
        }
    }

    /**
     * Says what is to be told now.
     *
     * @param first whether this gateway tells what is the whole site's
     */
    List<Alert> look(Sight sight, boolean first, Instant now, long nowNanos) {
        see(sight, now, nowNanos);
        List<Alert> alerts = new ArrayList<>();
        entries.values().forEach(entry -> say(entry, first, now, nowNanos).ifPresent(alerts::add));
        forget(nowNanos);
        return alerts;
    }

    /** Takes notice of what stands, where nobody is to be told. */
    void lookOnly(Sight sight, Instant now, long nowNanos) {
        see(sight, now, nowNanos);
        entries.values().stream()
                .filter(entry -> !entry.here && isOver(entry, nowNanos))
                .forEach(entry -> entry.told = null);
        forget(nowNanos);
    }

    private void see(Sight sight, Instant now, long nowNanos) {
        entries.values().forEach(entry -> entry.here = false);
        for (Alarm alarm : sight.standing()) {
            Entry entry = entries.computeIfAbsent(alarm.id(), id -> new Entry(now, nowNanos, alarm));
            entry.last = alarm;
            entry.here = true;
            entry.seenNanos = nowNanos;
        }
        entries.forEach((id, entry) -> {
            if (!entry.here && sight.isUnsure(id)) {
                entry.seenNanos = nowNanos;
            }
        });
    }

    private void forget(long nowNanos) {
        entries.values().removeIf(entry -> entry.told == null && !entry.here && isOver(entry, nowNanos));
    }

    private boolean isOver(Entry entry, long nowNanos) {
        return nowNanos - entry.seenNanos >= times.clear().toNanos();
    }

    private Optional<Alert> say(Entry entry, boolean first, Instant now, long nowNanos) {
        Told told = entry.told;
        if (told == null) {
            boolean mine = entry.last.scope() == Alarm.Scope.GATEWAY || first;
            Duration held = entry.last.awaited() ? times.await() : times.hold();
            return entry.here && mine && nowNanos - entry.sinceNanos >= held.toNanos()
                    ? Optional.of(tell(Alert.Event.RAISED, entry, now))
                    : Optional.empty();
        }
        if (!entry.here) {
            if (!isOver(entry, nowNanos)) {
                return Optional.empty();
            }
            entry.told = null;
            return Optional.of(alert(Alert.Event.CLEARED, entry, now));
        }
        if (isNews(entry.last, told)) {
            return Optional.of(tell(Alert.Event.CHANGED, entry, now));
        }
        return !now.isBefore(told.at().plus(times.remind()))
                ? Optional.of(tell(Alert.Event.REMINDER, entry, now))
                : Optional.empty();
    }

    /** Whether its cause, or what a probe found, was not told yet; that a probe has found nothing so far is no news. */
    private static boolean isNews(Alarm alarm, Told told) {
        String matter = alarm.matter();
        return told.matters().stream().noneMatch(before -> before.equals(matter) || before.startsWith(matter + "/"));
    }

    private static Alert tell(Alert.Event event, Entry entry, Instant now) {
        Alarm alarm = entry.last;
        Set<String> matters = new TreeSet<>(Set.of(alarm.matter()));
        Optional<Finding> finding = alarm.finding();
        if (entry.told != null) {
            matters.addAll(entry.told.matters());
            finding = finding.or(entry.told::finding);
        }
        entry.told = new Told(alarm.id(), alarm.sentence(), finding, matters, entry.since, now);
        return alert(event, entry, now);
    }

    private static Alert alert(Alert.Event event, Entry entry, Instant now) {
        Alarm alarm = entry.last;
        return new Alert(event, alarm.id(), alarm.sentence(), alarm.finding(), entry.since, now);
    }

    /** When each alarm that stands was first seen. */
    Map<String, Instant> since() {
        Map<String, Instant> since = new LinkedHashMap<>();
        entries.forEach((id, entry) -> since.put(id, entry.since));
        return since;
    }

    /** What was told and is not cleared. */
    List<Told> told() {
        return entries.values().stream()
                .flatMap(entry -> Optional.ofNullable(entry.told).stream())
                .toList();
    }
}
