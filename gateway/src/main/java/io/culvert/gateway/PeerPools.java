package io.culvert.gateway;

import io.culvert.proto.v1.GatewaysNotice;
import io.culvert.proto.v1.RenamedPool;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which pools peers have renamed, as each tells when a stream to it comes up and when it renames one. In memory. Thread-safe. */
final class PeerPools {

    /** What a notice may name, and what is kept of one. */
    static final int MAX_RENAMED = 64;

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

    /** What a pool is called now. */
    record Renamed(String now, Instant since) {}

    private final Map<String, Map<String, Renamed>> byPeer = new ConcurrentHashMap<>();

    /** What the peer calls the pool by now, if it said so. */
    Optional<Renamed> renamed(String peer, String pool) {
        return Optional.ofNullable(byPeer.getOrDefault(peer, Map.of()).get(pool));
    }

    /** One sentence for who replicates a dataset to a pool of the peer that is called otherwise now; empty if it is not known to be. */
    Optional<String> sentence(String dataset, String peer, String pool) {
        return renamed(peer, pool)
                .map(renamed -> "pool " + pool + " of " + peer + " has been renamed to " + renamed.now() + ", since "
                        + PoolNames.seconds(renamed.since()) + "; change {peer: " + peer + ", pool: " + pool
                        + "} to {peer: " + peer + ", pool: " + renamed.now() + "} in replicateTo of dataset " + dataset
                        + " in the site file, then: systemctl reload culvert");
    }

    /** Whether any peer has renamed any. */
    boolean isEmpty() {
        return byPeer.values().stream().allMatch(Map::isEmpty);
    }

    /** Hears what a peer says, in place of what it said before; what is no name is left out. Returns whether it is news. */
    boolean learn(String peer, GatewaysNotice notice) {
        Map<String, Renamed> heard = new HashMap<>();
        for (RenamedPool one : notice.getRenamedPoolList()) {
            boolean sound = NAME.matcher(one.getFormer()).matches()
                    && NAME.matcher(one.getNow()).matches()
                    && !one.getFormer().equals(one.getNow())
                    && heard.size() < MAX_RENAMED;
            if (sound) {
                heard.put(one.getFormer(), new Renamed(one.getNow(), Instant.ofEpochMilli(one.getSinceMillis())));
            }
        }
        return !Map.copyOf(heard)
                .equals(Optional.ofNullable(byPeer.put(peer, Map.copyOf(heard))).orElse(Map.of()));
    }

    /** What is told a peer that may write to these pools. */
    static Collection<RenamedPool> notice(PoolNames names, Set<String> mayWrite) {
        return names.formers().entrySet().stream()
                .flatMap(former -> former.getValue() instanceof PoolNames.Former.Renamed renamed
                                && mayWrite.contains(renamed.now())
                        ? Stream.of(RenamedPool.newBuilder()
                                .setFormer(former.getKey())
                                .setNow(renamed.now())
                                .setSinceMillis(renamed.since().toEpochMilli())
                                .build())
                        : Stream.empty())
                .limit(MAX_RENAMED)
                .toList();
    }
}
