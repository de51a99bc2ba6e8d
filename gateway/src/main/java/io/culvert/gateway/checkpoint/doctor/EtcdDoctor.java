package io.culvert.gateway.checkpoint.doctor;

import io.culvert.gateway.checkpoint.EtcdSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the cluster that a gateway uses: reads it every 20 seconds, so that it can be told what has grown in the last hour, and
 * whenever it is asked; and does by itself what {@link Care} lets it. Replication does not need it. Thread-safe.
 */
public final class EtcdDoctor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EtcdDoctor.class);
    private static final Duration EACH = Duration.ofSeconds(20);
    private static final Duration KEPT = Duration.ofHours(1);

    /** What the gateway's own store has counted since it was opened. */
    public record Counters(LongSupplier lostLeases, LongSupplier setBacks) {}

    /**
     * What is done for the cluster.
     *
     * @param byItself whether it is backed up, compacted and defragmented when it has to be, without being asked
     * @param backups a directory, made when it is needed
     * @param inCharge whether this gateway, and no other of the site, is to compact and defragment; asked each time
     * @param copies where backups go besides
     */
    public record Care(boolean byItself, Path backups, BooleanSupplier inCharge, Copies copies) {

        /** By a gateway that is alone, on its host. */
        public Care(boolean byItself, Path backups) {
            this(byItself, backups, () -> true, Copies.NONE);
        }
    }

    /** A reading, and how the counters and clocks stood then. */
    private record Noted(ClusterReading reading, long lostLeases, long setBacks, long tickerNanos) {}

    private final EtcdSettings settings;
    private final ClusterReader reader;
    private final Counters counters;
    private final InstantSource clock;
    private final LongSupplier nanoTicker;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Noted> notes = new ArrayDeque<>();
    private final Upkeep upkeep;
    private final Backups backups;
    private final Replacement replacement;
    private final Optional<Caretaker> caretaker;
    private final Care care;
    private final Thread looking;

    /** By the name of the check. */
    private volatile Map<String, String> raised = Map.of();

    private EtcdDoctor(
            EtcdSettings settings, Care care, Counters counters, InstantSource clock, LongSupplier nanoTicker)
            throws IOException {
        this.settings = settings;
        this.reader = new ClusterReader(settings);
        this.counters = counters;
        this.clock = clock;
        this.nanoTicker = nanoTicker;
        ReentrantLock changing = new ReentrantLock();
        this.upkeep = new Upkeep(reader, clock, changing);
        this.backups = new Backups(reader, care.backups(), clock);
        this.replacement = new Replacement(reader, upkeep, backups, clock, changing);
        this.care = care;
        this.caretaker = care.byItself() ? Optional.of(new Caretaker(settings.site(), new Cares())) : Optional.empty();
        this.looking = Thread.ofVirtual().name("etcd-doctor").unstarted(this::look);
    }

    /**
     * Begins to look after it.
     *
     * @throws IOException if the TLS files cannot be used
     */
    public static EtcdDoctor start(EtcdSettings settings, Care care, Counters counters, InstantSource clock)
            throws IOException {
        EtcdDoctor doctor = new EtcdDoctor(settings, care, counters, clock, System::nanoTime);
        doctor.looking.start();
        return doctor;
    }

    private void look() {
        try {
            while (true) {
                try {
                    lookOnce();
                } catch (RuntimeException e) {
                    LOG.atError().setCause(e).log("a bug: etcd was not looked after this time");
                }
                Thread.sleep(EACH);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // close() is the only one that interrupts
        }
    }

    private void lookOnce() throws InterruptedException {
        Noted fresh = read();
        note(fresh);
        List<Check> checks = judge(fresh);
        raise(checks);
        if (caretaker.isPresent()) {
            caretaker
                    .get()
                    .look(
                            fresh.reading().at(),
                            newestBackup().at(),
                            checks,
                            care.inCharge().getAsBoolean());
        }
        spread();
    }

    /** Whoever made the newest backup, it is to be elsewhere, too. */
    private void spread() {
        try {
            backups.finished().ifPresent(care.copies()::spread);
        } catch (IOException e) {
            LOG.warn(
                    "the backups of etcd are not copied to other sites now: they cannot be listed: {}", e.getMessage());
        }
    }

    private final class Cares implements Caretaker.Work {

        @Override
        public void backUp() throws IOException, InterruptedException {
            Backup made = backups.make();
            LOG.info("etcd is backed up: {}, {} bytes", made.file(), made.fileBytes());
        }

        @Override
        public void compact() throws IOException, InterruptedException {
            LOG.debug("etcd is compacted up to revision {}", upkeep.compact());
        }

        @Override
        public void defragment() throws IOException, InterruptedException {
            upkeep.defragment((member, before, after, took) ->
                    LOG.info("etcd's member {} is defragmented: {} bytes, now {}", member, before, after));
        }
    }

    private Noted read() throws InterruptedException {
        return new Noted(
                reader.read(clock.instant()),
                counters.lostLeases().getAsLong(),
                counters.setBacks().getAsLong(),
                nanoTicker.getAsLong());
    }

    private void note(Noted fresh) {
        lock.lock();
        try {
            notes.addLast(fresh);
            while (fresh.tickerNanos() - notes.getFirst().tickerNanos() > KEPT.toNanos()) {
                notes.removeFirst();
            }
        } finally {
            lock.unlock();
        }
    }

    private Optional<Noted> oldest() {
        lock.lock();
        try {
            return Optional.ofNullable(notes.peekFirst());
        } finally {
            lock.unlock();
        }
    }

    /** How the cluster is now, and what has happened in the last hour. */
    public Report examine() throws InterruptedException {
        Noted now = read();
        return Report.of(now.reading(), judge(now));
    }

    private List<Check> judge(Noted now) {
        Noted before = oldest().orElse(now);
        Thresholds.Around around = new Thresholds.Around(
                certificateEnds(),
                newestBackup(),
                care.copies().list(),
                care.byItself() ? Caretaker.BACKUP_EACH.multipliedBy(2) : BackupChecks.AGE,
                now.lostLeases() - before.lostLeases(),
                now.setBacks() - before.setBacks(),
                clockStep(before, now));
        Optional<ClusterReading> earlier = before == now ? Optional.empty() : Optional.of(before.reading());
        return Thresholds.judge(now.reading(), earlier, around);
    }

    /** What a person should hear of at once, as it was at the last reading: a sentence for each check. */
    public Map<String, String> alarms() {
        return Collections.unmodifiableMap(raised);
    }

    private void raise(List<Check> checks) {
        Map<String, String> now = new LinkedHashMap<>();
        checks.stream()
                .filter(this::isUrgent)
                .forEach(check -> now.put(check.name(), check.name() + " " + check.value() + ": " + check.advice()));
        Map<String, String> before = raised;
        raised = now;
        now.forEach((name, sentence) -> {
            if (!before.containsKey(name)) {
                LOG.warn("etcd: {}", sentence);
            }
        });
        before.keySet().stream()
                .filter(name -> !now.containsKey(name))
                .forEach(name -> LOG.info("etcd: {} is well again", name));
    }

    /** A member that is missing is, though nothing stands still yet; and a copy that is missing where one should be. */
    private boolean isUrgent(Check check) {
        boolean watched = check.name().equals(Thresholds.MEMBERS)
                || check.name().equals(BackupChecks.ELSEWHERE)
                        && !care.copies().list().isEmpty();
        return check.verdict() == Check.Verdict.CRITICAL || check.verdict() == Check.Verdict.WARNING && watched;
    }

    /** Drops what was overwritten or deleted; see {@link Upkeep#compact}. Returns the revision up to which. */
    public long compact() throws IOException, InterruptedException {
        return upkeep.compact();
    }

    /** Hears of each member that was defragmented. */
    @FunctionalInterface
    public interface Defragmented {
        void member(String name, long beforeBytes, long afterBytes, Duration took) throws IOException;
    }

    /**
     * Gives room back to the disks, one member after the other, and clears the alarm of a full database; see {@link Upkeep}.
     *
     * @throws RefusedUpkeepException if it could cost the quorum, or another one runs
     */
    public void defragment(Defragmented heard) throws IOException, InterruptedException {
        upkeep.defragment(heard);
    }

    /**
     * What is to be replaced.
     *
     * @param member a member's name or id
     * @param peerUrl {@code http(s)://HOST:PORT}, where the others will find the new one
     * @param force also one that is well, or while another one is not
     */
    public record Wish(String member, URI peerUrl, boolean force) {}

    /** Hears of the steps of a replacement; what it throws ends that, to be gone on with by another one. */
    @FunctionalInterface
    public interface ReplacementHeard {
        void step(Step step) throws IOException;
    }

    /** @param advice what a person should do now, a sentence; empty if nothing */
    public record Replaced(String id, String name, String peerUrl, String endpoint, int voters, String advice) {}

    /**
     * Replaces a member by a new one that begins empty; see {@link Replacement}. Goes on with what an earlier call began.
     *
     * @throws RefusedUpkeepException if it could cost the quorum, the new peer URL cannot be right, or another change is under way
     * @throws UnknownMemberException if there is no such member
     */
    public Replaced replace(Wish wish, ReplacementHeard heard) throws IOException, InterruptedException {
        return replacement.run(wish, heard);
    }

    /** A copy of the database that was made and checked. */
    public record Backup(Path file, Instant at, long revision, long databaseBytes, long fileBytes) {}

    /**
     * Copies the database to this host; see {@link Backups}.
     *
     * @throws RefusedUpkeepException if one is being made
     */
    public Backup backup() throws IOException, InterruptedException {
        return backups.make();
    }

    private Dated newestBackup() {
        try {
            return backups.newest().map(Dated::of).orElse(Dated.NONE);
        } catch (IOException e) {
            return Dated.unknown("they cannot be listed: " + e.getMessage());
        }
    }

    /** What the clock of the day has gone by, beyond what the ticker has. */
    private static Duration clockStep(Noted before, Noted now) {
        return Duration.between(before.reading().at(), now.reading().at())
                .minusNanos(now.tickerNanos() - before.tickerNanos());
    }

    private Dated certificateEnds() {
        EtcdSettings.Tls tls = settings.tls();
        if (tls == null) {
            return Dated.NONE;
        }
        Path file = tls.certificate();
        try (InputStream in = Files.newInputStream(file)) {
            X509Certificate certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            return Dated.of(certificate.getNotAfter().toInstant());
        } catch (IOException | CertificateException e) {
            return Dated.unknown(file + " cannot be read: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        looking.interrupt();
        try {
            looking.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reader.close();
    }
}
