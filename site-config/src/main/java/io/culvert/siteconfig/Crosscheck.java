package io.culvert.siteconfig;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the parts of a file say of each other: noted while they are decoded, checked at the end.
 *
 * <p>It keeps notes rather than read the finished records, so that it also works when some of them could not be built.
 * Paths are compared as they are written; symbolic links are the pool's affair.
 */
final class Crosscheck {
    /** Notes that a name is used at a position. */
    @FunctionalInterface
    interface Reference {
        void at(String name, Position position);
    }

    /** What a path is for. */
    enum Use {
        STATE,
        POOL,
        TREE,
        VOLUME
    }

    /** The words {@code what} name the setting and where it stands. */
    private record Place(Use use, Path path, String what, Position position) {}

    private record Named(String name, Position position) {}

    private record Bound(String what, HostPort address, Position position) {}

    private record Virtual(
            String appliance, InetAddress address, Map<String, ApplianceService> services, Position position) {}

    private final Problems problems;
    private Optional<SiteName> site = Optional.empty();
    private final List<Place> places = new ArrayList<>();
    private final List<String> pools = new ArrayList<>();
    private final List<Named> poolUses = new ArrayList<>();
    private final Map<String, Boolean> appliances = new LinkedHashMap<>();
    private final List<Named> offers = new ArrayList<>();
    private final List<Named> peers = new ArrayList<>();
    private final List<Bound> listeners = new ArrayList<>();
    private final List<Bound> endpoints = new ArrayList<>();
    private final List<Virtual> virtuals = new ArrayList<>();

    Crosscheck(Problems problems) {
        this.problems = problems;
    }

    void site(SiteName name) {
        site = Optional.of(name);
    }

    void place(Use use, Path path, String what, Position position) {
        places.add(new Place(use, path, what, position));
    }

    void pool(String name) {
        pools.add(name);
    }

    void usesPool(String name, Position position) {
        poolUses.add(new Named(name, position));
    }

    void appliance(String name, boolean local) {
        appliances.put(name, local);
    }

    void offersAppliance(String name, Position position) {
        offers.add(new Named(name, position));
    }

    void peer(SiteName name, Position position) {
        peers.add(new Named(name.text(), position));
    }

    void listener(String what, HostPort address, Position position) {
        listeners.add(new Bound(what, address, position));
    }

    /** Notes an address that is dialled: this site's own or a peer's. */
    void endpoint(String what, HostPort address, Position position) {
        endpoints.add(new Bound(what, address, position));
    }

    void virtualAddress(
            String appliance, InetAddress address, Map<String, ApplianceService> services, Position position) {
        virtuals.add(new Virtual(appliance, address, services, position));
    }

    void report() {
        reportNames();
        for (int i = 0; i < places.size(); i++) {
            for (Place before : places.subList(0, i)) {
                reportPlaces(before, places.get(i));
            }
        }
        reportAddresses();
        reportVirtualAddresses();
    }

    private void reportNames() {
        for (Named use : poolUses) {
            if (!pools.contains(use.name())) {
                problems.add(use.position(), "there is no pool `" + use.name() + "` at this site" + known(use, pools));
            }
        }
        for (Named offer : offers) {
            Boolean local = appliances.get(offer.name());
            if (local == null) {
                problems.add(
                        offer.position(),
                        "there is no appliance `" + offer.name() + "` at this site"
                                + known(offer, appliances.keySet()));
            } else if (!local) {
                problems.add(
                        offer.position(),
                        "appliance `" + offer.name()
                                + "` is a peer's; only one with `target`, of this site, can be granted");
            }
        }
        site.ifPresent(own -> peers.stream()
                .filter(peer -> peer.name().equals(own.text()))
                .forEach(peer ->
                        problems.add(peer.position(), "`" + own + "` is this site itself; a peer is another site")));
    }

    private static String known(Named use, Collection<String> names) {
        String hint = Suggestion.hint(use.name(), names);
        return (hint.isEmpty() ? "." : hint)
                + (names.isEmpty() ? " It has none." : " It has: " + String.join(", ", names) + ".");
    }

    private void reportPlaces(Place first, Place second) {
        boolean same = first.path().equals(second.path());
        boolean inside = second.path().startsWith(first.path());
        if (!inside && !first.path().startsWith(second.path())) {
            return;
        }
        Place outer = inside ? first : second;
        Place inner = inside ? second : first;
        Optional<String> reason = conflict(outer, inner, same);
        String how = same ? "is also" : inside ? "lies in" : "holds";
        reason.ifPresent(r -> problems.add(
                second.position(),
                "`%s` %s `%s` (%s): %s".formatted(second.path(), how, first.path(), first.what(), r)));
    }

    private static Optional<String> conflict(Place outer, Place inner, boolean same) {
        return switch (outer.use()) {
            case STATE ->
                switch (inner.use()) {
                    case STATE, VOLUME -> Optional.empty();
                    case POOL -> same ? Optional.of("a pool needs a directory of its own") : Optional.empty();
                    case TREE -> Optional.of("the gateway's keys and changing files are no dataset");
                };
            case POOL ->
                switch (inner.use()) {
                    case STATE, POOL -> Optional.of("a pool needs a directory of its own");
                    case TREE, VOLUME -> Optional.of("what a pool keeps is no dataset");
                };
            case TREE ->
                switch (inner.use()) {
                    case STATE -> Optional.of("the gateway's keys and changing files are no dataset");
                    case POOL -> Optional.of("the dataset would hold its own replica, and grow with each");
                    case TREE, VOLUME -> Optional.empty();
                };
            case VOLUME ->
                same && inner.use() != Use.VOLUME
                        ? Optional.of("a volume is a device or a file, not a directory")
                        : Optional.empty();
        };
    }

    private void reportAddresses() {
        for (int i = 0; i < listeners.size(); i++) {
            for (Bound before : listeners.subList(0, i)) {
                Bound bound = listeners.get(i);
                if (bound.address().overlaps(before.address())) {
                    problems.add(
                            bound.position(),
                            "%s (%s) takes the same port as %s (%s); choose another"
                                    .formatted(bound.what(), bound.address(), before.what(), before.address()));
                }
            }
        }
        for (int i = 0; i < endpoints.size(); i++) {
            for (Bound before : endpoints.subList(0, i)) {
                Bound bound = endpoints.get(i);
                if (bound.address().toString().equalsIgnoreCase(before.address().toString())) {
                    problems.add(
                            bound.position(),
                            "%s has the same address as %s at %s (%s)"
                                    .formatted(bound.what(), before.what(), before.position(), bound.address()));
                }
            }
        }
    }

    private void reportVirtualAddresses() {
        for (int i = 0; i < virtuals.size(); i++) {
            Virtual virtual = virtuals.get(i);
            for (Virtual before : virtuals.subList(0, i)) {
                if (virtual.address().equals(before.address())) {
                    problems.add(
                            virtual.position(),
                            "appliance `%s` has this virtual address already (%s); each needs its own"
                                    .formatted(before.appliance(), before.position()));
                }
            }
            listeners.forEach(listener -> reportTaken(virtual, listener));
        }
    }

    private void reportTaken(Virtual virtual, Bound listener) {
        HostPort address = listener.address();
        boolean reaches = address.isWildcard()
                || Hosts.address(address.host())
                        .filter(virtual.address()::equals)
                        .isPresent();
        virtual.services().forEach((name, service) -> {
            boolean taken = service.transport() != Transport.UDP
                    && service.ports().stream().anyMatch(range -> range.contains(address.port()));
            if (reaches && taken) {
                problems.add(
                        virtual.position(),
                        "%s (%s) takes port %d, which service `%s` of this appliance needs; choose another for it"
                                .formatted(listener.what(), address, address.port(), name));
            }
        });
    }
}
