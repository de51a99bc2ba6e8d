package io.culvert.gateway;

import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.PoolSettings;
import io.culvert.gateway.replicate.ReplicationAccess;
import io.culvert.siteconfig.Grants;
import io.culvert.siteconfig.PoolConfig;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteName;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The pools of this site, and what peers may do with them.
 *
 * <p>A pool that cannot be opened does not keep the gateway from starting: it is named with the reason, and what is
 * addressed to it is refused at once (rule 6).
 */
final class OpenPools implements ReplicationAccess, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpenPools.class);

    private final Map<String, Pool> open = new LinkedHashMap<>();
    private final Map<String, String> failed = new LinkedHashMap<>();
    private final Supplier<SiteConfig> config;

    private OpenPools(Supplier<SiteConfig> config) {
        this.config = config;
    }

    static OpenPools open(Supplier<SiteConfig> config, InstantSource clock) {
        OpenPools pools = new OpenPools(config);
        for (Map.Entry<String, PoolConfig> pool : config.get().pools().entrySet()) {
            pools.open(pool.getKey(), pool.getValue(), clock);
        }
        return pools;
    }

    private void open(String name, PoolConfig pool, InstantSource clock) {
        try {
            long quotaBytes = pool.quota().map(quota -> quota.bytes()).orElse(0L);
            Pool opened = Pool.open(PoolSettings.of(name, pool.path(), quotaBytes), clock);
            open.put(name, opened);
            LOG.atLevel(opened.recovery().damages().isEmpty() ? Level.INFO : Level.ERROR)
                    .addKeyValue("pool", name)
                    .log("pool is open: {}", opened.recovery());
        } catch (IOException e) {
            failed.put(name, String.valueOf(e.getMessage()));
            LOG.atError().setCause(e).addKeyValue("pool", name).log("pool cannot be opened: {}", e.getMessage());
        }
    }

    @Override
    public Optional<Pool> pool(String name) {
        return Optional.ofNullable(open.get(name));
    }

    @Override
    public Iterable<Pool> pools() {
        return List.copyOf(open.values());
    }

    /** Pools that could not be opened, and why. */
    Map<String, String> failed() {
        return Map.copyOf(failed);
    }

    @Override
    public Optional<String> refusalToWrite(String peer, String pool) {
        if (!grants(peer).write().contains(pool)) {
            return Optional.of("peer " + peer + " may not write to pool " + pool + " at "
                    + config.get().site() + "; grants: {" + peer + ": {write: [" + pool
                    + "]}} in its site file would allow it");
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> refusalToRead(String peer, String dataset) {
        return grants(peer).read().contains(dataset)
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
        for (Pool pool : closing.reversed()) {
            try {
                pool.close();
            } catch (IOException e) {
                LOG.atError()
                        .setCause(e)
                        .addKeyValue("pool", pool.name())
                        .log("pool did not close: {}", e.getMessage());
            }
        }
    }
}
