package io.culvert.gateway.owner;

import io.culvert.siteconfig.Appliance;
import io.culvert.siteconfig.DatasetConfig;
import io.culvert.siteconfig.SiteConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Divides the things of a site into shares: a pool is one, and a stream with the virtual addresses whose connections it carries. Gateways reach each
 * other's pools and streams.
 */
final class Shares {

    private final Map<Thing, Thing> parents = new HashMap<>();
    private final Map<Thing, Set<String>> sources = new HashMap<>();

    private Shares() {}

    /**
     * The shares, by name.
     *
     * @param peers those that are enrolled
     */
    static List<Share> of(SiteConfig config, Set<String> peers) {
        Shares shares = new Shares();
        config.pools().keySet().forEach(pool -> shares.add(Thing.pool(pool)));
        peers.forEach(peer -> shares.add(Thing.peer(peer)));
        config.datasets().forEach((name, dataset) -> shares.addDataset(peers, name, dataset));
        config.appliances().forEach((name, appliance) -> {
            switch (appliance) {
                case Appliance.Remote remote -> {
                    if (peers.contains(remote.peer().toString())) {
                        shares.tie(
                                Thing.appliance(name), Thing.peer(remote.peer().toString()));
                    } else {
                        shares.add(Thing.appliance(name));
                    }
                }
                case Appliance.Local local -> {} // every gateway can connect to it
            }
        });
        return shares.list();
    }

    private void addDataset(Set<String> peers, String name, DatasetConfig dataset) {
        dataset.policy().replicateTo().forEach(target -> {
            String peer = target.peer().toString();
            if (peers.contains(peer)) {
                switch (dataset) {
                    case DatasetConfig.Stream stream -> {} // its jobs run where its pool is
                    case DatasetConfig.Tree tree -> wish(Thing.peer(peer), name);
                    case DatasetConfig.Volume volume -> wish(Thing.peer(peer), name);
                }
            }
        });
    }

    private void wish(Thing thing, String dataset) {
        sources.computeIfAbsent(thing, fresh -> new TreeSet<>()).add(dataset);
    }

    private void add(Thing thing) {
        parents.putIfAbsent(thing, thing);
    }

    private void tie(Thing one, Thing other) {
        add(one);
        add(other);
        parents.put(root(one), root(other));
    }

    private Thing root(Thing thing) {
        Thing at = thing;
        for (Thing up = parents.get(at); up != null && !up.equals(at); up = parents.get(at)) {
            at = up;
        }
        return at;
    }

    private List<Share> list() {
        Map<Thing, List<Thing>> byRoot = new HashMap<>();
        for (Thing thing : parents.keySet()) {
            byRoot.computeIfAbsent(root(thing), fresh -> new ArrayList<>()).add(thing);
        }
        Map<String, Share> byName = new TreeMap<>();
        for (List<Thing> things : byRoot.values()) {
            things.sort(Comparator.comparing(Thing::kind).thenComparing(Thing::name));
            Set<String> wished = new TreeSet<>();
            things.forEach(thing -> wished.addAll(sources.getOrDefault(thing, Set.of())));
            Share share = new Share(things, wished);
            byName.put(share.name(), share);
        }
        return List.copyOf(byName.values());
    }
}
