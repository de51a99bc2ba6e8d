package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.HostPort;
import io.culvert.siteconfig.PeerConfig;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteName;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes the plan: joins the site file with what enrolment settled, as a gateway does, and finds everybody's addresses. */
public final class RulePlanner {
    private final SiteConfig site;
    private final List<HostPort> gateways;
    private final Map<SiteName, KnownPeer> enrolled = new TreeMap<>();
    private final SiteAddresses addresses;
    private final Instant at;
    private final List<String> unstated = new ArrayList<>();

    /**
     * @param gateways where the gateways of this site say that they are reached, as far as is known; what the site file says of its own comes first
     * @param enrolled the peers that are known, of which those that are not trusted get no rules; those of the site file come besides
     * @param stated addresses of sites that were given for this once, before those of the site file
     * @param at now
     */
    public RulePlanner(
            SiteConfig site,
            Collection<HostPort> gateways,
            Collection<KnownPeer> enrolled,
            Map<SiteName, List<InetAddress>> stated,
            NameService names,
            Instant at) {
        this.site = site;
        this.gateways = List.copyOf(gateways);
        enrolled.forEach(peer -> this.enrolled.put(peer.name(), peer));
        this.addresses = new SiteAddresses(site.rules(), stated, names, at);
        this.at = at;
    }

    /**
     * Plans for some peers.
     *
     * @param wanted their names; empty: all
     * @param source how to call the site file in comments
     * @param isRemoval whether it is to take rules away: then also those of peers that are trusted no more
     * @throws RulesException with all that is not known; what was only told is left out instead, with a note
     */
    public RulePlan plan(Set<SiteName> wanted, String source, boolean isRemoval) throws RulesException {
        Set<SiteName> all = peers(isRemoval);
        if (all.isEmpty()) {
            unstated.add("site " + site.site() + " has no peer: name one in `peers`, or enrol it");
        }
        List<String> unknown = new ArrayList<>();
        wanted.stream()
                .filter(name -> !all.contains(name))
                .forEach(name -> unknown.add("site " + site.site() + " has no peer " + name + "; it has "
                        + String.join(", ", all.stream().map(SiteName::text).toList())));
        List<RulePair> pairs = new ArrayList<>();
        for (SiteName name : wanted.isEmpty() ? all : new TreeSet<>(wanted)) {
            if (all.contains(name)) {
                pair(name).ifPresent(pairs::add);
            }
        }
        requireAllKnown(unknown);
        return new RulePlan(
                site.site(),
                pairs,
                pairs.size() < all.size(),
                WatchedPorts.of(site),
                site.rules().reason().orElse(RulePlan.DEFAULT_REASON),
                site.rules().zones(),
                source,
                at,
                addresses.notes());
    }

    private Set<SiteName> peers(boolean isRemoval) {
        Set<SiteName> all = new TreeSet<>(site.peers().keySet());
        all.addAll(enrolled.keySet());
        if (!isRemoval) {
            enrolled.values().stream()
                    .filter(peer -> !peer.isTrusted())
                    .map(KnownPeer::name)
                    .forEach(all::remove);
        }
        return all;
    }

    /** @param unknown peers that are asked for and not there */
    private void requireAllKnown(List<String> unknown) throws RulesException {
        Set<String> sentences = new LinkedHashSet<>(unstated);
        sentences.addAll(addresses.unstated());
        boolean isUnstated = !sentences.isEmpty();
        sentences.addAll(unknown);
        sentences.addAll(addresses.unresolved());
        if (!sentences.isEmpty()) {
            throw new RulesException(List.copyOf(sentences), isUnstated);
        }
    }

    private Optional<RulePair> pair(SiteName name) {
        PeerConfig settings = site.peer(name);
        Optional<KnownPeer> known = Optional.ofNullable(enrolled.get(name));
        Optional<Boolean> dials = settings.dial().or(() -> known.map(KnownPeer::dials));
        if (dials.isEmpty()) {
            unstated.add("whether " + site.site() + " or " + name
                    + " dials is not known: it is enrolled nowhere that can be" + " read here; write `dial: true` ("
                    + site.site() + " dials) or `dial: false` below peer " + name);
            return Optional.empty();
        }
        List<HostPort> endpoints = settings.endpoint()
                .or(() -> known.map(KnownPeer::endpoint))
                .map(List::of)
                .orElse(List.of());
        List<HostPort> told = settings.endpoint().isPresent()
                ? List.of()
                : known.map(KnownPeer::told).orElse(List.of());
        Optional<RuleSite> here = addresses.of(site.site(), own(), others(), !dials.get());
        Optional<RuleSite> there = addresses.of(name, endpoints, told, dials.get());
        if (here.isEmpty() || there.isEmpty()) {
            return Optional.empty();
        }
        RulePair pair = new RulePair(here.get(), there.get(), dials.get());
        if (pair.flows().isEmpty()) {
            unstated.add(site.site() + " and " + name + " have no address of the same sort, IPv4 or IPv6; state some in"
                    + " `rules.addresses` or with --address");
            return Optional.empty();
        }
        return Optional.of(pair);
    }

    private List<HostPort> others() {
        return gateways.stream().filter(one -> !own().contains(one)).distinct().toList();
    }

    /** What peers are told to dial, else where it listens; every address of a machine says only the port. */
    private List<HostPort> own() {
        return List.of(site.advertise().orElse(site.listen()));
    }
}
