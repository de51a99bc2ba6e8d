package io.culvert.gateway.cli;

import io.culvert.siteconfig.rules.ExpectedRules;
import io.culvert.siteconfig.rules.RulePlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is loaded beside what should be.
 *
 * @param missing rules that should be loaded and are not, each behind its chain; so are those in {@code extra}, which should not be
 * @param reordered chains whose rules are all there, in another order
 */
record RulesDifference(boolean same, List<String> missing, List<String> extra, List<String> reordered) {
    RulesDifference {
        missing = List.copyOf(missing);
        extra = List.copyOf(extra);
        reordered = List.copyOf(reordered);
    }

    /** @param listed what {@code nft -j list table inet culvert} printed; empty: nothing is loaded */
    static RulesDifference ofNftables(RulePlan plan, String listed) throws IOException {
        Map<String, List<String>> loaded = listed.isBlank() ? Map.of() : LoadedNftables.read(listed);
        return between(ExpectedRules.nftables(plan), loaded);
    }

    /** @param listed what {@code iptables-save} and {@code ip6tables-save} printed, one behind the other */
    static RulesDifference ofIptables(RulePlan plan, String listed) throws IOException {
        LoadedIptables loaded = LoadedIptables.read(listed);
        Map<String, List<String>> should = new LinkedHashMap<>();
        Map<String, List<String>> is = new LinkedHashMap<>();
        add(should, is, "iptables", ExpectedRules.iptables(plan, false), loaded.four(), loaded.isForwarded());
        add(should, is, "ip6tables", ExpectedRules.iptables(plan, true), loaded.six(), loaded.isForwardedSix());
        return between(should, is);
    }

    private static void add(
            Map<String, List<String>> should,
            Map<String, List<String>> is,
            String name,
            List<String> rules,
            List<String> loaded,
            boolean isForwarded) {
        should.put(name, byChain(rules));
        is.put(name, byChain(loaded));
        String jump = "-A FORWARD -j " + ExpectedRules.IPTABLES_CHAIN;
        should.get(name).addFirst(jump);
        if (isForwarded) {
            is.get(name).addFirst(jump);
        }
    }

    /** The order within a chain counts, that of the chains does not: iptables-save has its own. */
    private static List<String> byChain(List<String> rules) {
        List<String> sorted = new ArrayList<>(rules);
        sorted.sort(Comparator.comparing(rule -> rule.split(" ", 3)[1]));
        return sorted;
    }

    private static RulesDifference between(Map<String, List<String>> should, Map<String, List<String>> is) {
        List<String> missing = new ArrayList<>();
        List<String> extra = new ArrayList<>();
        List<String> reordered = new ArrayList<>();
        Set<String> chains = new LinkedHashSet<>(should.keySet());
        chains.addAll(is.keySet());
        for (String chain : chains) {
            List<String> wanted = should.getOrDefault(chain, List.of());
            List<String> found = is.getOrDefault(chain, List.of());
            List<String> lacking = without(wanted, found);
            List<String> besides = without(found, wanted);
            lacking.forEach(rule -> missing.add(chain + ": " + rule));
            besides.forEach(rule -> extra.add(chain + ": " + rule));
            if (lacking.isEmpty() && besides.isEmpty() && !wanted.equals(found)) {
                reordered.add(chain);
            }
        }
        boolean same = missing.isEmpty() && extra.isEmpty() && reordered.isEmpty();
        return new RulesDifference(same, missing, extra, reordered);
    }

    /** Those of one list that the other has not, each as often as it has it less. */
    private static List<String> without(List<String> some, List<String> others) {
        List<String> left = new ArrayList<>(some);
        others.forEach(left::remove);
        return left;
    }
}
