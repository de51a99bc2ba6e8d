package io.culvert.gateway.identity;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the gateway's leaf fresh: looks each minute, renews at two thirds of its life, tries again each minute if that
 * fails, and says so.
 *
 * <p>Looking each minute rather than sleeping until the hour makes it right after a suspended machine and after a clock
 * that was set, forwards or back. Live connections are not touched. Any thread may ask for {@link #status}.
 */
final class LeafRenewal implements AutoCloseable {
    static final Duration CHECK_EVERY = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(LeafRenewal.class);

    /** Makes a fresh leaf. */
    @FunctionalInterface
    interface Issuer {
        Leaf issue() throws IOException;
    }

    private final Issuer issuer;
    private final LeafKeyManager keys;
    private final InstantSource clock;
    private final Scheduler scheduler;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile String failure = "";

    LeafRenewal(Issuer issuer, LeafKeyManager keys, InstantSource clock, Scheduler scheduler) {
        this.issuer = issuer;
        this.keys = keys;
        this.clock = clock;
        this.scheduler = scheduler;
    }

    void start() {
        scheduler.after(CHECK_EVERY, this::check);
    }

    private void check() {
        if (closed.get()) {
            return;
        }
        try {
            if (isDue()) {
                renew();
            }
        } finally {
            scheduler.after(CHECK_EVERY, this::check);
        }
    }

    private boolean isDue() {
        Instant now = clock.instant();
        Leaf leaf = keys.newest();
        return !now.isBefore(leaf.renewAt()) || now.isBefore(leaf.notBefore());
    }

    private void renew() {
        try {
            Leaf fresh = issuer.issue();
            keys.swap(fresh);
            failure = "";
            LOG.atInfo()
                    .addKeyValue("serial", fresh.serial())
                    .addKeyValue("until", fresh.notAfter())
                    .log("leaf renewed");
        } catch (IOException e) {
            failure = String.valueOf(e.getMessage());
            LOG.atError().setCause(e).log(status().sentence());
        }
    }

    /** How it stands now, by the clock and not by the last look. */
    LeafStatus status() {
        Instant now = clock.instant();
        Leaf leaf = keys.newest();
        String why = failure.isEmpty() ? "it is tried within a minute" : failure;
        if (!leaf.isValidAt(now)) {
            return new LeafStatus.Ended(leaf.notBefore(), leaf.notAfter(), why);
        }
        return failure.isEmpty()
                ? new LeafStatus.Valid(leaf.notAfter())
                : new LeafStatus.Overdue(leaf.notAfter(), failure);
    }

    @Override
    public void close() {
        closed.set(true);
    }
}
