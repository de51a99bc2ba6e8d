package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.HostPort;
import io.culvert.siteconfig.RulesConfig;
import io.culvert.siteconfig.SiteName;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Finds the addresses of sites: as stated for this once, as the site file states them, or as names resolve now. */
final class SiteAddresses {
    private final RulesConfig rules;
    private final Map<SiteName, List<InetAddress>> stated;
    private final NameService names;
    private final Instant at;
    private final Set<String> unstated = new LinkedHashSet<>();
    private final Set<String> unresolved = new LinkedHashSet<>();
    private final Set<String> notes = new LinkedHashSet<>();

    SiteAddresses(RulesConfig rules, Map<SiteName, List<InetAddress>> stated, NameService names, Instant at) {
        this.rules = rules;
        this.stated = Map.copyOf(stated);
        this.names = names;
        this.at = at.truncatedTo(ChronoUnit.SECONDS);
    }

    /** What somebody has to state before there can be rules. */
    List<String> unstated() {
        return List.copyOf(unstated);
    }

    List<String> unresolved() {
        return List.copyOf(unresolved);
    }

    /** What is left out, a sentence each. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    /**
     * Finds those of a site, or notes what is not known.
     *
     * @param endpoints where it is dialled
     * @param told where else it says that it is; one whose address is not found is left out, for its gateway may be gone
     * @param isDialled whether its port matters
     */
    Optional<RuleSite> of(SiteName name, List<HostPort> endpoints, List<HostPort> told, boolean isDialled) {
        List<InetAddress> given = stated.getOrDefault(name, rules.addresses().getOrDefault(name, List.of()));
        List<RuleAddress> gateways = given.isEmpty()
                ? looked(name, endpoints, told)
                : given(
                        given,
                        name,
                        endpoints,
                        isDialled,
                        stated.containsKey(name) ? "as stated for this once" : "as the site file states");
        return gateways.isEmpty()
                ? Optional.empty()
                : Optional.of(new RuleSite(name, gateways, rules.networks().getOrDefault(name, List.of())));
    }

    private List<RuleAddress> given(
            List<InetAddress> given, SiteName name, List<HostPort> endpoints, boolean isDialled, String from) {
        if (endpoints.isEmpty() && !isDialled) {
            return given.stream()
                    .map(address -> new RuleAddress(address, 0, from))
                    .toList();
        }
        if (endpoints.isEmpty()) {
            unstated.add("the port of " + name + " is not known: write its `endpoint` below peer " + name);
        }
        return endpoints.stream()
                .map(HostPort::port)
                .distinct()
                .flatMap(port -> given.stream().map(address -> new RuleAddress(address, port, from)))
                .toList();
    }

    private List<RuleAddress> looked(SiteName name, List<HostPort> endpoints, List<HostPort> told) {
        List<RuleAddress> found = new ArrayList<>();
        List<HostPort> usable =
                endpoints.stream().filter(one -> !one.isWildcard()).toList();
        if (usable.isEmpty()) {
            unstated.add("no address of " + name + " is known: state it in `rules: {addresses: {" + name
                    + ": ADDRESS}}` or with --address " + name + "=ADDRESS");
        }
        usable.forEach(endpoint -> found.addAll(looked(
                endpoint,
                "its endpoint",
                why -> unresolved.add(endpoint.host() + " of " + name + " " + why
                        + "; state its address in `rules.addresses` or with --address " + name + "=ADDRESS"))));
        told.forEach(endpoint -> found.addAll(looked(
                endpoint,
                "as " + name + " itself tells",
                why -> notes.add(endpoint.host() + " of " + name + " " + why + ", and is left out"))));
        if (found.size() > RulesConfig.MAX_OF_SITE) {
            unstated.add(name + " resolves to " + found.size() + " addresses, more than " + RulesConfig.MAX_OF_SITE
                    + "; state those of its gateways in `rules.addresses`");
            return List.of();
        }
        Set<Map.Entry<InetAddress, Integer>> seen = new LinkedHashSet<>();
        return found.stream()
                .filter(one -> seen.add(Map.entry(one.address(), one.port())))
                .toList();
    }

    /** @param wrong takes why there is no address, a clause */
    private List<RuleAddress> looked(HostPort endpoint, String from, Consumer<String> wrong) {
        return looked(endpoint.host(), wrong).stream()
                .map(address -> {
                    boolean isWritten =
                            endpoint.host().contains(":") || endpoint.host().equals(address.getHostAddress());
                    String how = isWritten ? from : endpoint.host() + " as it resolved " + at + ", " + from;
                    return new RuleAddress(address, endpoint.port(), how);
                })
                .toList();
    }

    private List<InetAddress> looked(String host, Consumer<String> wrong) {
        try {
            List<InetAddress> addresses = names.addresses(host);
            Optional<InetAddress> own = addresses.stream()
                    .filter(address -> address.isLoopbackAddress()
                            || address.isLinkLocalAddress()
                            || address.isAnyLocalAddress()
                            || address.isMulticastAddress())
                    .findFirst();
            if (own.isPresent()) {
                wrong.accept("is " + AddressText.of(own.get()) + " here, which no firewall sees");
                return List.of();
            }
            return addresses;
        } catch (UnknownHostException e) {
            wrong.accept("does not resolve here");
            return List.of();
        }
    }
}
