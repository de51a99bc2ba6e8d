package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.HostPort;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteConfigLoader;
import io.culvert.siteconfig.SiteName;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The plans of the golden files. The first: one peer of the sample {@code rules.yaml}, and one that enrolment settled, with two gateways, who
 * dials. The second: a site of several gateways that states no addresses.
 */
final class Plans {
    static final SiteName SEOUL = new SiteName("seoul");
    static final SiteName BUSAN = new SiteName("busan");
    static final SiteName ULSAN = new SiteName("ulsan");
    static final Instant AT = Instant.parse("2026-11-30T03:00:00.7Z");
    static final KnownPeer ENROLLED_ULSAN = new KnownPeer(
            ULSAN, new HostPort("gw1.ulsan.example", 8443), List.of(new HostPort("203.0.113.12", 9443)), false, true);

    private static final Map<String, List<InetAddress>> NAMES = Map.of(
            "gw1.ulsan.example", addresses("203.0.113.11", "2001:db8:7::11"),
            "gw.seoul.example", addresses("192.0.2.10"),
            "gw.busan.example", addresses("198.51.100.10"),
            "six.example", addresses("2001:db8:6::6"),
            "here.example", addresses("127.0.1.1"));

    private Plans() {}

    static List<InetAddress> addresses(String... texts) {
        return Arrays.stream(texts).map(InetAddress::ofLiteral).toList();
    }

    /** Knows a few names, and addresses as they are. */
    static List<InetAddress> names(String host) throws UnknownHostException {
        List<InetAddress> known = NAMES.get(host);
        if (known != null) {
            return known;
        }
        try {
            return addresses(host);
        } catch (IllegalArgumentException e) {
            throw new UnknownHostException(host);
        }
    }

    static SiteConfig sample() throws Exception {
        return SiteConfigLoader.load(Path.of("samples/rules.yaml"));
    }

    static RulePlan golden() throws Exception {
        return whole(plan(Set.of(BUSAN, ULSAN)));
    }

    static RulePlan plan(Set<SiteName> peers) throws Exception {
        return new RulePlanner(sample(), List.of(), List.of(ENROLLED_ULSAN), Map.of(), Plans::names, AT)
                .plan(peers, "/etc/culvert/site.yaml", false);
    }

    /** Two gateways of this site as one of them tells, a third whose name is gone, a fourth that nobody has started. */
    static RulePlan discovered() throws Exception {
        List<HostPort> gateways = List.of(
                new HostPort("gw.seoul.example", 8443),
                new HostPort("192.0.2.11", 8443),
                new HostPort("gone.seoul.example", 8443));
        return new RulePlanner(
                        SiteConfigLoader.load(Path.of("samples/two-hosts-seoul.yaml")),
                        gateways,
                        List.of(ENROLLED_ULSAN),
                        Map.of(),
                        Plans::names,
                        AT)
                .plan(Set.of(), "/etc/culvert/site.yaml", false)
                .noting(List.of("gateway seoul/4 has not been started yet: its address is not known, and not here"));
    }

    /** As if the site had no other peers. */
    private static RulePlan whole(RulePlan plan) {
        return new RulePlan(
                plan.site(),
                plan.pairs(),
                false,
                plan.watched(),
                plan.reason(),
                plan.zones(),
                plan.source(),
                plan.at(),
                plan.notes());
    }

    /** The same with other free text, in each place that has some. */
    static RulePlan withText(RulePlan plan, String text) {
        return new RulePlan(
                plan.site(),
                plan.pairs().stream()
                        .map(pair -> new RulePair(
                                withText(pair.here(), text), withText(pair.peer(), text), pair.dialsFromHere()))
                        .toList(),
                plan.isPart(),
                plan.watched(),
                text,
                plan.zones(),
                text,
                plan.at(),
                List.of(text));
    }

    private static RuleSite withText(RuleSite site, String text) {
        return new RuleSite(
                site.name(),
                site.gateways().stream()
                        .map(gateway -> new RuleAddress(gateway.address(), gateway.port(), text))
                        .toList(),
                site.networks());
    }

    /** The same with the addresses of one family. */
    static RulePlan ofFamily(RulePlan plan, Family family) {
        return new RulePlan(
                plan.site(),
                plan.pairs().stream()
                        .map(pair -> new RulePair(
                                ofFamily(pair.here(), family), ofFamily(pair.peer(), family), pair.dialsFromHere()))
                        .toList(),
                plan.isPart(),
                plan.watched(),
                plan.reason(),
                plan.zones(),
                plan.source(),
                plan.at(),
                plan.notes());
    }

    private static RuleSite ofFamily(RuleSite site, Family family) {
        return new RuleSite(
                site.name(),
                site.gateways().stream()
                        .filter(gateway -> Family.of(gateway.address()) == family)
                        .toList(),
                site.networks().stream()
                        .filter(network -> Family.of(network.address()) == family)
                        .toList());
    }
}
