package io.culvert.gateway.checkpoint.doctor;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does by itself what is safe: a backup each six hours, each site at times of its own; compaction every few minutes, so that history never
 * fills the database; compaction and defragmentation should it be full all the same, and defragmentation when most of it is holes. What
 * failed is tried again after {@link #PAUSE}. Not thread-safe.
 */
final class Caretaker {

    static final Duration BACKUP_EACH = Duration.ofHours(6);

    /** As often as Kubernetes does: a hundred jobs write some 15 MiB of history in the meantime. */
    static final Duration COMPACT_EACH = Duration.ofMinutes(5);

    /** After something was done or failed, until the same is done again. */
    static final Duration PAUSE = Duration.ofMinutes(10);

    /** Holes are no emergency, and each defragmentation stops each member for a moment. */
    static final Duration DEFRAGMENT_PAUSE = Duration.ofHours(24);

    private static final Logger LOG = LoggerFactory.getLogger(Caretaker.class);

    /** What may be done. */
    interface Work {

        void backUp() throws IOException, InterruptedException;

        void compact() throws IOException, InterruptedException;

        void defragment() throws IOException, InterruptedException;
    }

    /** A time of its own in each {@link #BACKUP_EACH}, so that not all sites of a network copy at once. */
    private final long offsetSeconds;

    private final Work work;
    private Optional<Instant> backupTried = Optional.empty();
    private Optional<Instant> compactTried = Optional.empty();
    private Optional<Instant> fullTried = Optional.empty();
    private Optional<Instant> holesTried = Optional.empty();

    Caretaker(String site, Work work) {
        this.offsetSeconds = Math.floorMod(site.hashCode(), BACKUP_EACH.toSeconds());
        this.work = work;
    }

    /**
     * To be called now and then, with what was found just before.
     *
     * @param isInCharge whether this gateway, and no other of the site, is to change something; each makes backups of its own
     */
    void look(Instant now, Optional<Instant> newestBackup, List<Check> checks, boolean isInCharge)
            throws InterruptedException {
        if (!answers(checks)) {
            return;
        }
        if (newestBackup.filter(made -> slot(made) >= slot(now)).isEmpty() && isOver(backupTried, PAUSE, now)) {
            backupTried = Optional.of(now);
            attempt("back up etcd", work::backUp);
        }
        if (!isInCharge) {
            return;
        }
        if (isFull(checks)) {
            makeRoom(now);
            return;
        }
        if (isOver(compactTried, COMPACT_EACH, now)) {
            compactTried = Optional.of(now);
            attempt("compact etcd", work::compact);
        }
        if (isBad(checks, DatabaseChecks.HOLES) && isOver(holesTried, DEFRAGMENT_PAUSE, now)) {
            holesTried = Optional.of(now);
            attempt("defragment etcd", work::defragment);
        }
    }

    private void makeRoom(Instant now) throws InterruptedException {
        if (isOver(fullTried, PAUSE, now)) {
            fullTried = Optional.of(now);
            LOG.warn("etcd's database is full: it is compacted and defragmented now");
            attempt("make room in etcd", () -> {
                work.compact();
                work.defragment();
            });
        }
    }

    private long slot(Instant at) {
        return Math.floorDiv(at.getEpochSecond() - offsetSeconds, BACKUP_EACH.toSeconds());
    }

    private static boolean isOver(Optional<Instant> tried, Duration pause, Instant now) {
        return tried.filter(then -> now.isBefore(then.plus(pause)) && !now.isBefore(then))
                .isEmpty();
    }

    private static boolean answers(List<Check> checks) {
        return checks.stream()
                .noneMatch(
                        check -> check.name().equals(Thresholds.MEMBERS) && check.verdict() == Check.Verdict.CRITICAL);
    }

    private static boolean isFull(List<Check> checks) {
        return checks.stream()
                .anyMatch(check ->
                        check.name().equals(Thresholds.ALARMS) && check.value().contains(Upkeep.FULL));
    }

    private static boolean isBad(List<Check> checks, String name) {
        return checks.stream().anyMatch(check -> check.name().equals(name) && check.verdict() == Check.Verdict.WARNING);
    }

    @FunctionalInterface
    private interface Attempt {
        void run() throws IOException, InterruptedException;
    }

    private static void attempt(String what, Attempt attempt) throws InterruptedException {
        try {
            attempt.run();
        } catch (IOException e) {
            LOG.warn("could not {}, and tries again later: {}", what, e.getMessage());
        }
    }
}
