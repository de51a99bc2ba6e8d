package io.culvert.gateway.relay;

import io.culvert.gateway.relay.portmap.Binding;
import io.culvert.gateway.relay.portmap.NetId;
import io.culvert.gateway.relay.portmap.PortmapperClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this gateway itself has learned from the portmappers of this site's appliances: what peers are told of them, and by what
 * ports beyond those of the site file are granted. Nothing that a peer says comes in here.
 *
 * <p>Thread-safe. A portmapper is asked by one thread at a time and at most every {@link #LEAST}, however many peers ask. What was
 * learned is believed for {@link #FRESH}.
 */
public final class TargetPrograms {

    /** How long an answer, or that there is none, serves further questions. */
    static final Duration LEAST = Duration.ofSeconds(2);

    /** How long a learned port is granted after the portmapper was last heard of. */
    static final Duration FRESH = Duration.ofMinutes(10);

    static final int MAX_TARGETS = 256;

    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Logger LOG = LoggerFactory.getLogger(TargetPrograms.class);

    /** How a portmapper is asked. */
    @FunctionalInterface
    interface Dump {
        List<Binding> of(PortmapperTarget target) throws IOException;
    }

    /** What one portmapper said; guarded by its own lock, which is held while it is asked. */
    private static final class Known {
        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable List<Binding> bindings;
        private long learnedNanos;
        private long askedNanos;
        private boolean asked;
        private @Nullable String failure;
        private volatile Programs told = new Programs.Awaited("its portmapper was not asked yet");
    }

    private final Dump dump;
    private final LongSupplier ticker;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<PortmapperTarget, Known> targets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<PortmapperTarget, Known> eldest) {
            return size() > MAX_TARGETS;
        }
    };

    /** Asks the real ones. */
    public TargetPrograms(InstantSource clock) {
        this(
                target -> PortmapperClient.dump(new InetSocketAddress(target.host(), target.port()), LIMIT),
                System::nanoTime,
                clock);
    }

    TargetPrograms(Dump dump, LongSupplier ticker, InstantSource clock) {
        this.dump = dump;
        this.ticker = ticker;
        this.clock = clock;
    }

    /**
     * What the portmapper says now of the programs that may be learned, at most {@link #LEAST} old; blocks while it is asked.
     *
     * @throws IOException if it does not say it
     */
    List<Binding> learn(PortmapperTarget target) throws IOException {
        Known known = known(target);
        known.lock.lock();
        try {
            if (!known.asked || age(known.askedNanos) >= LEAST.toNanos()) {
                ask(target, known);
            }
            if (known.failure != null || known.bindings == null) {
                throw new IOException(known.failure);
            }
            return known.bindings;
        } finally {
            known.lock.unlock();
        }
    }

    private void ask(PortmapperTarget target, Known known) {
        try {
            List<Binding> before = known.bindings;
            known.bindings =
                    dump.of(target).stream().filter(target.programs()::names).toList();
            known.learnedNanos = ticker.getAsLong();
            known.failure = null;
            known.told = new Programs.Learned(known.bindings, clock.instant());
            if (!known.bindings.equals(before)) {
                LOG.atInfo().addKeyValue("target", target.host()).log("programs there: {}", known.bindings);
            }
        } catch (IOException e) {
            known.failure = String.valueOf(e.getMessage());
            known.told = known.told.unanswered(known.failure);
        }
        known.asked = true;
        known.askedNanos = ticker.getAsLong();
    }

    /** What was learned so far; does not ask, nor wait for who does. */
    public Programs state(PortmapperTarget target) {
        lock.lock();
        try {
            Known known = targets.get(target);
            return known == null ? new Programs.Awaited("no peer has asked for them yet") : known.told;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a program that may be learned is at this port, by what the portmapper said lately; asks it if it did not. */
    public boolean has(PortmapperTarget target, NetId by, int port) {
        Known known = known(target);
        known.lock.lock();
        try {
            boolean stale = known.bindings == null || age(known.learnedNanos) >= FRESH.toNanos();
            if (stale && (!known.asked || age(known.askedNanos) >= LEAST.toNanos())) {
                ask(target, known);
            }
            return known.bindings != null
                    && age(known.learnedNanos) < FRESH.toNanos()
                    && known.bindings.stream().anyMatch(one -> one.netId() == by && one.port() == port);
        } finally {
            known.lock.unlock();
        }
    }

    private long age(long sinceNanos) {
        return ticker.getAsLong() - sinceNanos;
    }

    private Known known(PortmapperTarget target) {
        lock.lock();
        try {
            return targets.computeIfAbsent(target, fresh -> new Known());
        } finally {
            lock.unlock();
        }
    }
}
