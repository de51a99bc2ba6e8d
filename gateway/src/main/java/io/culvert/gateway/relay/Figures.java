package io.culvert.gateway.relay;

import io.culvert.gateway.log.LogLimit;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What was relayed for each appliance of the site file, and what went wrong last; tells the log of it, each kind of trouble of each
 * appliance so often at most as {@link LogLimit} admits. Names that a peer makes up are not remembered. Thread-safe.
 */
public final class Figures {

    /** What goes wrong. */
    enum Trouble {
        /** A connection, or datagrams, that are not relayed at all. */
        REFUSED("connections or datagrams", Level.WARN),
        /** Clients that the site file does not list. */
        STRANGER("tries of clients that are not listed", Level.WARN),
        /** A connection that was relayed and broke. */
        RESET("connections that were reset", Level.INFO);

        private final String many;
        private final Level level;

        Trouble(String many, Level level) {
            this.many = many;
            this.level = level;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Figures.class);

    private final InstantSource clock;
    private final LongSupplier ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private final OfAppliance unknown;
    private volatile Map<String, OfAppliance> appliances = Map.of();

    /** @param ticker nanoseconds */
    public Figures(InstantSource clock, LongSupplier ticker) {
        this.clock = clock;
        this.ticker = ticker;
        this.unknown = new OfAppliance(ticker);
    }

    /** These are the appliances of the site file from now on; what is known of others is forgotten. */
    public void keep(Set<String> names) {
        lock.lock();
        try {
            Map<String, OfAppliance> kept = new HashMap<>();
            for (String name : names) {
                OfAppliance before = appliances.get(name);
                kept.put(name, before == null ? new OfAppliance(ticker) : before);
            }
            appliances = Map.copyOf(kept);
        } finally {
            lock.unlock();
        }
    }

    /** By appliance, as of the last time that its connections were looked at. */
    public Map<String, ApplianceFigures> all() {
        Map<String, ApplianceFigures> all = new HashMap<>();
        appliances.forEach((name, of) -> all.put(name, of.figures()));
        return all;
    }

    /** Those of an appliance; of one that is not here, some that nobody sees. */
    OfAppliance of(String appliance) {
        return appliances.getOrDefault(appliance, unknown);
    }

    /** A connection of it is relayed from now on. */
    OfAppliance.Share opened(String appliance) {
        return of(appliance).opened();
    }

    /** It was connected to. */
    void reached(String appliance) {
        of(appliance).reached();
    }

    /** It cannot be connected to. */
    void unreachable(String appliance, String why) {
        of(appliance).unreachable(new LastError(clock.instant(), ShortText.sentence(why)));
    }

    /** Something went wrong: remembered as the last of it, and told to the log. */
    void failed(Trouble trouble, String appliance, String peer, String sentence) {
        OfAppliance its = of(appliance);
        its.failed(new LastError(clock.instant(), ShortText.sentence(sentence)));
        if (its.limit(trouble).admits()) {
            LOG.atLevel(trouble.level)
                    .addKeyValue("appliance", ShortText.name(appliance))
                    .addKeyValue("peer", peer)
                    .log("{}", ShortText.sentence(sentence));
        }
    }

    /** Tells the log how much was left out; to be called now and then, by one thread. */
    void look() {
        appliances.forEach(this::look);
        look("of no appliance here", unknown);
    }

    private void look(String appliance, OfAppliance its) {
        for (Trouble trouble : Trouble.values()) {
            long leftOut = its.limit(trouble).takeLeftOut();
            if (leftOut > 0) {
                LOG.atLevel(trouble.level)
                        .addKeyValue("appliance", appliance)
                        .log("and {} more {} in the last minutes; status has the last one", leftOut, trouble.many);
            }
        }
    }
}
