package io.culvert.gateway.cli;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.Identifiers;
import io.culvert.gateway.admin.OperationException;
import io.culvert.siteconfig.ConfigException;
import io.culvert.siteconfig.Network;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteName;
import io.culvert.siteconfig.rules.RulePlan;
import io.culvert.siteconfig.rules.RulePlanner;
import io.culvert.siteconfig.rules.RulesException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Option;

/**
 * What rules are made of: site file, the site's other gateways as one tells, enrolled peers where they can be read, names as they resolve,
 * options. What is not known, and so left out, is said on standard error.
 */
final class RulesSource {

    @Option(
            names = "--peer",
            paramLabel = "NAME",
            description = "For this peer only; may be repeated. Without it for all.")
    private List<String> peers = new ArrayList<>();

    @Option(
            names = "--address",
            paramLabel = "SITE=ADDRESS",
            description =
                    "Where a firewall sees a gateway of this or a peer's site, instead of where its name resolves to; may be"
                            + " repeated. The site file's \"rules: {addresses: ...}\" says it for good.")
    private List<String> addresses = new ArrayList<>();

    /** @param isRemoval whether rules are to be taken away */
    RulePlan plan(Session session, boolean isRemoval) throws Exception {
        SiteConfig site = session.site();
        Set<SiteName> wanted = new LinkedHashSet<>();
        for (String peer : peers) {
            wanted.add(new SiteName(Identifiers.SITE.require(peer)));
        }
        Map<SiteName, List<InetAddress>> stated = stated();
        LocalWork.EnrolledPeers enrolled = session.work().enrolledPeers(site.stateDir());
        enrolled.unread()
                .ifPresent(why -> session.err()
                        .println("the peers that are enrolled cannot be read, only the site file counts: " + why));
        SiteGateways gateways = gateways(session, site, stated, enrolled);
        try {
            RulePlanner planner = new RulePlanner(
                    site, gateways.endpoints(), enrolled.peers(), stated, RulesSource::lookup, Instant.now());
            RulePlan plan = planner.plan(wanted, session.siteFile().toString(), isRemoval);
            plan.notes()
                    .forEach(note -> session.err()
                            .println(note + "; state all addresses of that site in \"rules: {addresses: ...}\" or with"
                                    + " --address"));
            RulePlan noted = plan.noting(gateways.notes());
            return enrolled.unread().isPresent() ? noted.asPart() : noted;
        } catch (RulesException e) {
            throw new OperationException(
                    e.isUnstated() ? FailureCategory.USAGE : FailureCategory.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    /** Where addresses are stated nobody is asked. */
    private static SiteGateways gateways(
            Session session, SiteConfig site, Map<SiteName, List<InetAddress>> stated, LocalWork.EnrolledPeers enrolled)
            throws ConfigException {
        if (stated.containsKey(site.site()) || site.rules().addresses().containsKey(site.site())) {
            return SiteGateways.NONE;
        }
        SiteGateways gateways = SiteGateways.ask(session, site, enrolled);
        String why = gateways.why().map(sentence -> " (" + sentence + ")").orElse("");
        gateways.notes()
                .forEach(note -> session.err()
                        .println(note + why + "; state all in \"rules: {addresses: {" + site.site()
                                + ": [...]}}\" or with --address"));
        return gateways;
    }

    private Map<SiteName, List<InetAddress>> stated() throws OperationException {
        Map<SiteName, List<InetAddress>> stated = new LinkedHashMap<>();
        for (String text : addresses) {
            int equals = text.indexOf('=');
            try {
                if (equals < 0) {
                    throw new IllegalArgumentException("write --address SITE=ADDRESS; found \"" + text + "\"");
                }
                Network one = Network.parse(text.substring(equals + 1));
                if (one.prefixBits() != one.address().getAddress().length * Byte.SIZE) {
                    throw new IllegalArgumentException("--address takes one address; found \"" + text + "\"");
                }
                stated.computeIfAbsent(new SiteName(text.substring(0, equals)), site -> new ArrayList<>())
                        .add(one.address());
            } catch (IllegalArgumentException e) {
                throw new OperationException(FailureCategory.USAGE, String.valueOf(e.getMessage()), e);
            }
        }
        return stated;
    }

    private static List<InetAddress> lookup(String host) throws UnknownHostException {
        return List.of(InetAddress.getAllByName(host));
    }
}
