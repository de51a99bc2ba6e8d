package io.culvert.gateway;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.pool.Damage;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.PoolUsage;
import io.culvert.dedupe.pool.Snapshot;
import io.culvert.dedupe.pool.SnapshotList;
import io.culvert.gateway.admin.DamageView;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.Feed;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.PoolRenameView;
import io.culvert.gateway.admin.PoolView;
import io.culvert.gateway.admin.VerifyProgress;
import io.culvert.gateway.admin.VerifyReport;
import io.culvert.gateway.admin.VerifyRequest;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.replicate.Completeness;
import io.culvert.siteconfig.PoolConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Answers what concerns pools. */
final class PoolAnswers {

    private static final Logger LOG = LoggerFactory.getLogger(PoolAnswers.class);

    /** Damaged places of one verification that the log names. */
    private static final int MAX_LOGGED = 50;

    private final GatewayOperations.Parts parts;
    private final PoolWatch watch;

    PoolAnswers(GatewayOperations.Parts parts) {
        this.parts = parts;
        this.watch = new PoolWatch(this::look, parts.clock());
    }

    List<PoolView> list() throws OperationException {
        List<PoolView> views = new ArrayList<>();
        for (String name : parts.config().get().pools().keySet()) {
            views.add(showOrSay(name));
        }
        return views;
    }

    /** A disk that fails is said of its pool, and hides none of the others. */
    private PoolView showOrSay(String name) throws OperationException {
        PoolConfig config = parts.config().get().pools().get(name);
        try {
            return show(name);
        } catch (OperationException e) {
            if (config == null || e.category() != FailureCategory.FAILED) {
                throw e;
            }
            return unseen(name, config, PoolView.State.FAILED, e.sentence());
        }
    }

    PoolView show(String name) throws OperationException {
        PoolConfig config = parts.config().get().pools().get(name);
        if (config == null) {
            throw absent(name);
        }
        Optional<Pool> pool = parts.pools().pool(name);
        if (pool.isEmpty()) {
            PoolView.State state =
                    parts.whereabouts().isHere(Thing.pool(name)) ? PoolView.State.FAILED : PoolView.State.ELSEWHERE;
            return unseen(name, config, state, parts.pools().absence(name));
        }
        try {
            return watch.see(pool.get(), unseen(name, config, PoolView.State.FAILED, ""));
        } catch (IOException e) {
            throw Failures.of(e);
        } catch (InterruptedException e) {
            throw Failures.interrupted();
        }
    }

    /** What became of a pool that the site file does not name. */
    private OperationException absent(String name) {
        return parts.poolNames()
                .former(name)
                .map(former -> switch (former) {
                    case PoolNames.Former.Renamed renamed ->
                        new OperationException(
                                FailureCategory.REFUSED,
                                parts.poolNames().sentence(name).orElse("") + "; give that name");
                    case PoolNames.Former.Removed removed ->
                        Failures.notFound(parts.poolNames().sentence(name).orElse("")
                                + "; culvert pool list shows those of this site");
                })
                .orElseGet(() -> Failures.notFound(
                        "there is no pool \"" + name + "\"; culvert pool list shows those of this site"));
    }

    /** Fails unless the site file names the pool. */
    void requireKnown(String name) throws OperationException {
        if (!parts.config().get().pools().containsKey(name)) {
            throw absent(name);
        }
    }

    PoolRenameView rename(String from, String to, boolean check) throws OperationException {
        if (!parts.config().get().pools().containsKey(from) && !parts.renaming().isDone(from, to)) {
            throw absent(from);
        }
        return parts.renaming().rename(from, to, check);
    }

    private static PoolView unseen(String name, PoolConfig config, PoolView.State state, String why) {
        return new PoolView(name, config.path().toString(), state, why, quota(config), 0, 0, 0, 0, 0, 0);
    }

    private static Optional<Long> quota(PoolConfig config) {
        return config.quota().map(size -> size.bytes());
    }

    private PoolView look(Pool pool) throws IOException {
        PoolConfig config = parts.config().get().pools().get(pool.name());
        if (config == null) {
            throw new IOException("pool " + pool.name() + " is being renamed; ask again");
        }
        Optional<Long> quota = quota(config);
        PoolUsage usage = pool.usage();
        long free = quota.map(most -> Math.min(most - usage.usedBytes(), usage.freeBytes()))
                .orElse(usage.freeBytes());
        boolean full = free <= 0;
        PoolView.State state =
                usage.failure().isPresent() ? PoolView.State.FAILED : full ? PoolView.State.FULL : PoolView.State.OPEN;
        String reason = usage.failure()
                .map(why -> "it only reads: " + why)
                .or(usage::trouble)
                .orElse(full ? "the " + (quota.isPresent() ? "quota" : "disk") + " is used up" : "");
        return new PoolView(
                pool.name(),
                config.path().toString(),
                state,
                reason,
                quota,
                usage.usedBytes(),
                Math.max(free, 0),
                usage.rawBytes(),
                usage.chunks(),
                usage.containers(),
                pool.snapshots().list().snapshots().size());
    }

    VerifyReport verify(VerifyRequest request, SnapshotAnswers snapshots, Feed<VerifyProgress> progress)
            throws OperationException, IOException {
        long startedNanos = System.nanoTime();
        Findings findings = new Findings();
        try {
            if (request.snapshot().isPresent()) {
                SnapshotAnswers.Held held = snapshots.held(request.snapshot().get());
                List<String> needing = List.of(held.snapshot().id());
                findings.snapshots = 1;
                List<ChunkRef> chunks =
                        snapshots.chunks(held, (pool, reason) -> findings.broken(pool, reason, needing));
                findings.add(held.pool().name(), verified(held.pool(), Optional.of(chunks), progress), needing);
            } else {
                for (Pool pool : pools(request.pool())) {
                    findings.add(pool.name(), verified(pool, Optional.empty(), progress), List.of());
                    findings.snapshots += completeness(pool, findings);
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        VerifyReport report = findings.report((System.nanoTime() - startedNanos) / 1e9);
        log(report);
        return report;
    }

    /** Names each damaged place once, not each chunk in it. */
    private static void log(VerifyReport report) {
        report.damage().stream()
                .map(PoolAnswers::place)
                .distinct()
                .limit(MAX_LOGGED)
                .forEach(damage -> LOG.atError()
                        .addKeyValue("pool", damage.pool())
                        .addKeyValue("file", damage.file().orElse(""))
                        .addKeyValue(
                                "offset",
                                damage.offsetBytes().map(String::valueOf).orElse(""))
                        .addKeyValue("snapshots", String.join(" ", damage.snapshots()))
                        .log("verify found damage: {}", damage.reason()));
        LOG.atLevel(report.intact() ? Level.INFO : Level.ERROR)
                .addKeyValue("pools", String.join(" ", report.pools()))
                .log("verified {} chunks, {} damaged", report.chunks(), report.damagedChunks());
    }

    /**
     * Looks whether every snapshot still has all its chunks: what was lost with a container is in none that could be
     * read. Returns how many there are.
     */
    private int completeness(Pool pool, Findings findings) throws IOException {
        SnapshotList listed = pool.snapshots().list();
        List<Snapshot> held = listed.snapshots();
        listed.damaged()
                .forEach(record -> findings.broken(
                        pool.name(),
                        "the record of snapshot " + record.file() + " is damaged: " + record.reason(),
                        List.of(record.file())));
        Map<Snapshot, String> incomplete = Completeness.incomplete(pool, held);
        incomplete.forEach((snapshot, reason) -> findings.broken(
                pool.name(),
                "snapshot " + snapshot.id() + " of " + snapshot.dataset() + " is not complete: " + reason,
                List.of(snapshot.id())));
        if (!incomplete.isEmpty()) {
            findings.list(pool.name(), pool.recovery().damages(), List.of());
        }
        return held.size() + listed.damaged().size();
    }

    private static DamageView place(DamageView damage) {
        return new DamageView(
                damage.pool(),
                damage.file(),
                damage.offsetBytes(),
                Optional.empty(),
                damage.reason(),
                damage.snapshots());
    }

    private List<Pool> pools(Optional<String> name) throws OperationException {
        List<Pool> wanted = new ArrayList<>();
        if (name.isPresent()) {
            PoolView view = show(name.get());
            wanted.add(parts.pools()
                    .pool(name.get())
                    .orElseThrow(() -> view.state() == PoolView.State.ELSEWHERE
                            ? new OperationException(FailureCategory.REFUSED, view.reason())
                            : Failures.notFound("pool " + name.get() + " is not open: " + view.reason())));
        } else {
            parts.pools().pools().forEach(wanted::add);
        }
        return wanted;
    }

    private static io.culvert.dedupe.pool.VerifyReport verified(
            Pool pool, Optional<List<ChunkRef>> chunks, Feed<VerifyProgress> progress) throws IOException {
        io.culvert.dedupe.pool.VerifyProgress told = (done, total, damages) -> {
            try {
                progress.accept(new VerifyProgress(
                        pool.name(), 0, done, total < 0 ? Optional.empty() : Optional.of(total), damages));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        return chunks.isPresent() ? pool.verify(chunks.get(), told) : pool.verify(told);
    }

    /** What was found so far. */
    private static final class Findings {
        private final List<String> pools = new ArrayList<>();
        private final List<DamageView> damage = new ArrayList<>();
        private long snapshots;
        private long chunks;
        private long bytes;
        private long damaged;

        void broken(String pool, String reason, List<String> snapshotIds) {
            name(pool);
            damaged++;
            if (damage.size() < VerifyReport.MAX_DAMAGE) {
                damage.add(new DamageView(
                        pool, Optional.empty(), Optional.empty(), Optional.empty(), reason, snapshotIds));
            }
        }

        private void name(String pool) {
            if (!pools.contains(pool)) {
                pools.add(pool);
            }
        }

        void add(String pool, io.culvert.dedupe.pool.VerifyReport report, List<String> snapshotIds) {
            name(pool);
            chunks += report.chunks();
            bytes += report.storedBytes();
            damaged += report.damageCount();
            list(pool, report.damages(), snapshotIds);
        }

        void list(String pool, List<Damage> damages, List<String> snapshotIds) {
            for (Damage one : damages) {
                if (damage.size() < VerifyReport.MAX_DAMAGE) {
                    damage.add(view(pool, one, snapshotIds));
                }
            }
        }

        private static DamageView view(String pool, Damage one, List<String> snapshotIds) {
            return new DamageView(
                    pool,
                    one.file().isEmpty() ? Optional.empty() : Optional.of(one.file()),
                    one.file().isEmpty() ? Optional.empty() : Optional.of(one.offsetBytes()),
                    one.fingerprint().map(fingerprint -> fingerprint.hex()),
                    one.reason(),
                    snapshotIds);
        }

        VerifyReport report(double seconds) {
            return new VerifyReport(pools, snapshots, chunks, bytes, seconds, damaged, damage);
        }
    }
}
