package io.culvert.siteconfig;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a site file says, with the defaults filled in; immutable. Maps keep the order of the file.
 *
 * @param stateDir keys, enrolment and checkpoints of this gateway; absolute and normal
 * @param listen the one port that peers connect to
 * @param advertise what peers are told to dial, if it is not {@code listen}
 * @param peers settings added to enrolled peers; see {@link #peer}
 * @param grants see {@link #grantsFor}
 */
public record SiteConfig(
        SiteName site,
        Path stateDir,
        HostPort listen,
        Optional<HostPort> advertise,
        Map<SiteName, PeerConfig> peers,
        Map<String, PoolConfig> pools,
        Map<SiteName, Grants> grants,
        Map<String, DatasetConfig> datasets,
        Map<String, Appliance> appliances,
        Relay relay,
        Checkpoints checkpoints,
        Admin admin,
        Alerts alerts,
        RulesConfig rules) {
    /** Where a packaged gateway keeps its state. */
    public static final Path DEFAULT_STATE_DIR = Path.of("/var/lib/culvert");

    /** All addresses, the usual port. */
    public static final HostPort DEFAULT_LISTEN = new HostPort("0.0.0.0", 8443);

    /** Copies the maps. */
    public SiteConfig {
        peers = copy(peers);
        pools = copy(pools);
        grants = copy(grants);
        datasets = copy(datasets);
        appliances = copy(appliances);
    }

    /** Returns the settings for an enrolled peer, whether the file names it or not. */
    public PeerConfig peer(SiteName name) {
        return peers.getOrDefault(name, PeerConfig.DEFAULT);
    }

    /** Returns what a peer may do here: nothing, unless the file grants it. */
    public Grants grantsFor(SiteName peer) {
        return grants.getOrDefault(peer, Grants.NOTHING);
    }

    private static <K, V> Map<K, V> copy(Map<K, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
