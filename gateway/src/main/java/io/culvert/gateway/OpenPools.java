package io.culvert.gateway;

import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.PoolOpening;
import io.culvert.dedupe.pool.PoolOwnership;
import io.culvert.dedupe.pool.PoolSettings;
import io.culvert.gateway.owner.Book;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.replicate.ReplicationAccess;
import io.culvert.siteconfig.Grants;
import io.culvert.siteconfig.PoolConfig;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteName;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The pools that this gateway has open, and what peers may do with them.
 *
 * <p>A pool that cannot be opened does not keep the gateway from starting: it is named with the reason, and what is
 * addressed to it is refused at once (rule 6). So is what is addressed to a pool that another gateway of the site has.
 */
final class OpenPools implements ReplicationAccess, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpenPools.class);

    private final Map<String, Pool> open = new ConcurrentSkipListMap<>();
    private final Map<String, String> failed = new ConcurrentSkipListMap<>();
    private final Supplier<SiteConfig> config;
    private final Whereabouts whereabouts;
    private final PoolIds ids;
    private final PoolNames names;
    private final String gateway;
    private final InstantSource clock;

    /** @param gateway the name of this one */
    OpenPools(
            Supplier<SiteConfig> config,
            Whereabouts whereabouts,
            PoolIds ids,
            PoolNames names,
            String gateway,
            InstantSource clock) {
        this.config = config;
        this.whereabouts = whereabouts;
        this.ids = ids;
        this.names = names;
        this.gateway = gateway;
        this.clock = clock;
    }

    /**
     * Opens a pool, or has one that is open go on under this claim.
     *
     * @param claim null if the gateway is alone
     */
    void take(String name, Book.@Nullable Claim claim) throws IOException {
        PoolConfig pool = config.get().pools().get(name);
        if (pool == null) {
            throw new IOException("the site file names no pool " + name);
        }
        leave(name, "it is opened under a claim");
        try {
            long quotaBytes = pool.quota().map(quota -> quota.bytes()).orElse(0L);
            PoolOpening opening = PoolOpening.of(PoolSettings.of(name, pool.path(), quotaBytes), clock);
            Pool opened = claim == null ? openAlone(opening, name) : open(opening, name, claim);
            failed.remove(name);
            open.put(name, opened);
            LOG.atLevel(opened.recovery().damages().isEmpty() ? Level.INFO : Level.ERROR)
                    .addKeyValue("pool", name)
                    .log("pool is open: {}", opened.recovery());
        } catch (IOException e) {
            failed.put(name, String.valueOf(e.getMessage()));
            LOG.atError().setCause(e).addKeyValue("pool", name).log("pool cannot be opened: {}", e.getMessage());
            throw e;
        }
    }

    private Pool openAlone(PoolOpening opening, String name) throws IOException {
        Optional<UUID> expected = names.expected(name);
        return noted(name, Pool.open(expected.isPresent() ? opening.expecting(expected.get()) : opening), false);
    }

    /** Closes it if what it is called cannot be noted. */
    private Pool noted(String name, Pool opened, boolean isShared) throws IOException {
        boolean noted = false;
        try {
            if (isShared) {
                ids.note(name, opened.id());
            }
            names.opened(name, opened.id());
            noted = true;
            return opened;
        } finally {
            if (!noted) {
                opened.close();
            }
        }
    }

    private Pool open(PoolOpening alone, String name, Book.Claim claim) throws IOException {
        PoolOpening opening = alone.under(new PoolOwnership(gateway, claim.fence(), () -> {
            if (!claim.isLive()) {
                throw new IOException("its lease in etcd is not known to hold any more");
            }
        }));
        ids.refresh();
        names.exchange(open::containsKey);
        Optional<UUID> former = names.expected(name);
        Optional<UUID> expected = ids.of(name).or(() -> former);
        Optional<UUID> there = Pool.idAt(opening.settings().path());
        if (there.isPresent() && expected.isEmpty()) {
            // Before it looks for others: of two gateways that open it by two names, one sees the other.
            ids.note(name, there.get());
        }
        ids.requireNotOpenOtherwise(name);
        return noted(name, Pool.open(expected.isPresent() ? opening.expecting(expected.get()) : opening), true);
    }

    /**
     * Notes which pools have other names in a site file that is about to be taken over, before anybody else can have them by the former ones.
     *
     * @param renames present name by former name
     */
    void renamed(SiteConfig next, Map<String, String> renames) throws IOException {
        Map<String, UUID> present = new HashMap<>();
        Set<String> here = new HashSet<>();
        renames.forEach((from, to) -> {
            names.id(from).ifPresent(id -> present.put(to, id));
            if (open.containsKey(from)) {
                here.add(to);
            }
        });
        names.settle(next.pools().keySet(), name -> Optional.ofNullable(present.get(name)));
        try {
            if (!whereabouts.isAlone()) {
                names.exchange(here::contains);
            }
        } catch (IOException e) {
            LOG.warn("the other gateways hear of renamed pools when etcd answers again: {}", e.getMessage());
        }
    }

    /** A pool of a gateway that is alone is called otherwise from now on; the site file says so already. What is under way in it goes on. */
    void rename(String from, String to) throws IOException {
        String why = failed.remove(from);
        Pool pool = open.get(from);
        if (pool == null) {
            if (why != null) {
                failed.put(to, why);
            }
            return;
        }
        pool.rename(to);
        open.put(to, pool);
        open.remove(from);
        LOG.atInfo().addKeyValue("pool", to).log("the pool was called {} before", from);
        names.opened(to, pool.id());
    }

    /** Closes a pool, if it is open. */
    void leave(String name, String why) {
        Pool pool = open.remove(name);
        if (pool == null) {
            return;
        }
        LOG.atInfo().addKeyValue("pool", name).log("pool is closed: {}", why);
        close(pool);
    }

    @Override
    public Optional<Pool> pool(String name) {
        return Optional.ofNullable(open.get(name));
    }

    @Override
    public Iterable<Pool> pools() {
        return List.copyOf(open.values());
    }

    @Override
    public String absence(String pool) {
        if (!config.get().pools().containsKey(pool)) {
            return names.former(pool)
                    .map(former -> absence(pool, former))
                    .orElse("this site has no pool \"" + pool + "\"");
        }
        if (!whereabouts.isHere(Thing.pool(pool))) {
            return whereabouts.sentence(Thing.pool(pool));
        }
        return "pool \"" + pool + "\" is not open: " + failed.getOrDefault(pool, "it is being opened or closed");
    }

    /** For a peer, which is to change what its site file says. */
    private String absence(String pool, PoolNames.Former former) {
        return switch (former) {
            case PoolNames.Former.Renamed renamed ->
                "pool " + pool + " of " + config.get().site() + " has been renamed to " + renamed.now() + ", since "
                        + PoolNames.seconds(renamed.since()) + "; change {peer: "
                        + config.get().site() + ", pool: " + pool + "} to {peer: "
                        + config.get().site() + ", pool: " + renamed.now()
                        + "} in replicateTo of the dataset in your site file, then: systemctl reload culvert";
            case PoolNames.Former.Removed removed ->
                config.get().site() + " has no pool " + pool + " any more, since "
                        + PoolNames.seconds(removed.since()) + "; name another one in replicateTo of the dataset in"
                        + " your site file, then: systemctl reload culvert";
        };
    }

    @Override
    public boolean isMoving(String pool) {
        boolean opens = !open.containsKey(pool) && !failed.containsKey(pool);
        return config.get().pools().containsKey(pool) && (opens || !whereabouts.isHere(Thing.pool(pool)));
    }

    /** All pools that the site file names. */
    Set<String> names() {
        return config.get().pools().keySet();
    }

    /** The names of all pools in the site file. */
    Set<String> named() {
        return config.get().pools().keySet();
    }

    /** Pools that could not be opened, and why. */
    Map<String, String> failed() {
        return Map.copyOf(failed);
    }

    @Override
    public Optional<String> refusalToWrite(String peer, String pool) {
        if (isGoneFor(peer, pool)) {
            return Optional.empty(); // it is told what became of the pool, which is no use to it
        }
        if (!grants(peer).write().contains(pool)) {
            return Optional.of("peer " + peer + " may not write to pool " + pool + " at "
                    + config.get().site() + "; grants: {" + peer + ": {write: [" + pool
                    + "]}} in its site file would allow it");
        }
        return Optional.empty();
    }

    /** Whether the pool is not there any more, and the peer may know: it may write to what the pool is now, or if it is none, to any. */
    private boolean isGoneFor(String peer, String pool) {
        return !config.get().pools().containsKey(pool)
                && names.former(pool)
                        .filter(former -> switch (former) {
                            case PoolNames.Former.Renamed renamed ->
                                grants(peer).write().contains(renamed.now());
                            case PoolNames.Former.Removed removed ->
                                !grants(peer).write().isEmpty();
                        })
                        .isPresent();
    }

    @Override
    public Optional<String> refusalToRead(String peer, String dataset) {
        boolean own = peer.equals(config.get().site().toString()); // another gateway of this site asks for itself
        return own || grants(peer).read().contains(dataset)
                ? Optional.empty()
                : Optional.of("peer " + peer + " may not read dataset " + dataset + " at "
                        + config.get().site() + "; grants: {" + peer + ": {read: [" + dataset
                        + "]}} in its site file would allow it");
    }

    private Grants grants(String peer) {
        return config.get().grantsFor(new SiteName(peer));
    }

    @Override
    public void close() {
        List<Pool> closing = new ArrayList<>(open.values());
        open.clear();
        closing.reversed().forEach(OpenPools::close);
    }

    private static void close(Pool pool) {
        try {
            pool.close();
        } catch (IOException e) {
            LOG.atError().setCause(e).addKeyValue("pool", pool.name()).log("pool did not close: {}", e.getMessage());
        }
    }
}
