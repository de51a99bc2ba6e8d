package io.culvert.gateway.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which dataset's job is due when.
 *
 * <p>Times that passed while a job ran, while the gateway was down or while the clock jumped ahead count as one: it is due at
 * once, or as soon as the running one ends. A clock that is set back does not silence a schedule until it has caught up. Only
 * instants are compared; the hours that a zone skips or repeats are the schedule's own affair. Pure; one thread at a time.
 */
final class Timetable {
    /** A clock that went back by less is corrected by waiting. */
    private static final Duration MAX_BACKWARDS = Duration.ofMinutes(1);

    /** One dataset's line. */
    private static final class Line {
        private final Schedule schedule;
        private @Nullable Instant due;
        private Instant askedAt;
        private boolean running;

        Line(Schedule schedule, Instant since) {
            this.schedule = schedule;
            this.askedAt = since;
            this.due = schedule.nextAfter(since).orElse(null);
        }

        void advance(Instant now) {
            askedAt = now;
            due = schedule.nextAfter(now).orElse(null);
        }
    }

    private final TreeMap<String, Line> lines = new TreeMap<>();

    /**
     * Adds a dataset or changes its schedule; a run of it that goes on is still known.
     *
     * @param since when its last job started, so that what was missed since then is made up for; now if there was none
     */
    void put(String dataset, Schedule schedule, Instant since) {
        Line former = lines.get(dataset);
        var line = new Line(schedule, since);
        line.running = former != null && former.running;
        lines.put(dataset, line);
    }

    /** Takes a dataset out; a run of it goes on. */
    void remove(String dataset) {
        lines.remove(dataset);
    }

    /** Takes the datasets whose jobs are to start now, the longest due first. Each must come back by {@link #ended}. */
    List<String> takeDue(Instant now) {
        record Due(String dataset, Instant since) {}
        List<Due> due = new ArrayList<>();
        lines.forEach((dataset, line) -> {
            if (now.isBefore(line.askedAt.minus(MAX_BACKWARDS))) {
                line.advance(now);
            }
            Instant since = line.due;
            if (since != null && !line.running && !since.isAfter(now)) {
                due.add(new Due(dataset, since));
                line.running = true;
                line.advance(now);
            }
        });
        due.sort(Comparator.comparing(Due::since));
        return due.stream().map(Due::dataset).toList();
    }

    /** Takes note that a dataset's job has ended, well or not. */
    void ended(String dataset) {
        Line line = lines.get(dataset);
        if (line != null) {
            line.running = false;
        }
    }

    /** Returns when the dataset's next job is due, which may be past while one runs. */
    Optional<Instant> next(String dataset) {
        Line line = lines.get(dataset);
        return line == null ? Optional.empty() : Optional.ofNullable(line.due);
    }

    /** Returns when the next job of all can start, those that run apart. */
    Optional<Instant> next() {
        return lines.values().stream()
                .filter(line -> !line.running)
                .flatMap(line -> Optional.ofNullable(line.due).stream())
                .min(Comparator.naturalOrder());
    }
}
