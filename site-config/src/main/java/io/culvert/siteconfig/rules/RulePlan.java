package io.culvert.siteconfig.rules;

import io.culvert.siteconfig.RulesConfig;
import io.culvert.siteconfig.SiteName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * What is to be allowed, and what is not, between a site and its peers; immutable.
 *
 * @param pairs by the peers' names, each with at least one flow
 * @param isPart whether the site has peers besides; what their rules need as well stays when these are removed
 * @param reason what stands in each rule; any text
 * @param zones the two sides of the site's firewall, if that is stated
 * @param source the site file that it comes from
 * @param at when names were looked up
 * @param notes what is not known and so not here, one line each, for whoever reads the rules
 */
public record RulePlan(
        SiteName site,
        List<RulePair> pairs,
        boolean isPart,
        WatchedPorts watched,
        String reason,
        Optional<RulesConfig.Zones> zones,
        String source,
        Instant at,
        List<String> notes) {
    static final String DEFAULT_REASON = "backup replication by Culvert, one TLS stream";

    /** Copies the pairs; a second is exact enough. */
    public RulePlan {
        pairs = List.copyOf(pairs);
        at = at.truncatedTo(ChronoUnit.SECONDS);
        notes = List.copyOf(notes);
    }

    /** The same, of a site that may have peers besides. */
    public RulePlan asPart() {
        return new RulePlan(site, pairs, true, watched, reason, zones, source, at, notes);
    }

    /** The same with more notes. */
    public RulePlan noting(List<String> more) {
        List<String> all = new ArrayList<>(notes);
        all.addAll(more);
        return new RulePlan(site, pairs, isPart, watched, reason, zones, source, at, all);
    }

    /** This site and its peers, each once. */
    List<RuleSite> sites() {
        LinkedHashSet<RuleSite> sites = new LinkedHashSet<>();
        pairs.forEach(pair -> {
            sites.add(pair.here());
            sites.add(pair.peer());
        });
        return new ArrayList<>(sites);
    }

    /** The two sides of the firewall. @param inside what is usual, as is {@code outside} */
    RulesConfig.Zones zones(String inside, String outside) {
        return zones.orElse(new RulesConfig.Zones(inside, outside));
    }

    /** The first lines of every file: what it is, and where the addresses come from. @param use how to load and remove it */
    List<String> header(String product, String... use) {
        List<String> lines = new ArrayList<>();
        lines.add("Culvert: rules for " + product + ", site " + site + " with "
                + String.join(
                        ", ",
                        pairs.stream().map(pair -> pair.peer().name().text()).toList()));
        lines.add("rendered " + at + " from " + source);
        lines.add("reason: " + reason);
        lines.addAll(notes);
        lines.addAll(List.of(use));
        sites().forEach(of -> of.gateways()
                .forEach(gateway ->
                        lines.add(of.name() + ": " + AddressText.of(gateway.address()) + ", " + gateway.from())));
        return lines.stream().distinct().toList();
    }
}
