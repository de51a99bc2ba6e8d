package io.culvert.siteconfig.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.siteconfig.SiteName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Numbers of rules: those of a peer are its own and stay, and there are enough. */
final class SlotsTest {

    private static RulePlan plan(RulePlan like, List<RulePair> pairs, WatchedPorts watched) {
        return new RulePlan(
                like.site(), pairs, false, watched, like.reason(), like.zones(), like.source(), like.at(), List.of());
    }

    private static RulePair named(RulePair like, String peer) {
        RuleSite site = new RuleSite(
                new SiteName(peer), like.peer().gateways(), like.peer().networks());
        return new RulePair(like.here(), site, like.dialsFromHere());
    }

    @Test
    void numbersOfManyPeersAreDistinctAndFitAnyProduct() throws Exception {
        RulePlan golden = Plans.golden();
        List<RulePair> pairs = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            pairs.add(named(golden.pairs().getFirst(), "site-" + i));
        }
        Slots slots = new Slots(plan(golden, pairs, golden.watched()));
        Set<Integer> numbers = new HashSet<>();
        pairs.forEach(pair -> numbers.add(slots.number(pair, 0)));
        assertThat(numbers).hasSize(3_000).allMatch(number -> number >= 1_000_000_000);
        assertThat(Collections.max(numbers)).isLessThan(Integer.MAX_VALUE - Slots.SIZE);
        assertThatThrownBy(() -> slots.number(pairs.getFirst(), Slots.SIZE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPeersNumbersStayWhenAnotherGoes() throws Exception {
        RulePlan golden = Plans.golden();
        for (RulePair pair : golden.pairs()) {
            Slots alone = new Slots(plan(golden, List.of(pair), golden.watched()));
            assertThat(alone.number(pair, 7)).isEqualTo(new Slots(golden).number(pair, 7));
        }
    }

    @Test
    void moreProgramsThanThereAreNumbersForAreSeenByTheRuleOnAnyCall() throws Exception {
        RulePlan golden = Plans.golden();
        Set<Integer> programs = new TreeSet<>();
        for (int i = 0; i < 1_000; i++) {
            programs.add(200_000 + i);
        }
        WatchedPorts watched =
                new WatchedPorts(golden.watched().tcp(), golden.watched().udp(), new TreeSet<>(programs));
        String rules = RuleFormat.SURICATA.rules(plan(golden, golden.pairs(), watched), Language.EN);
        List<String> numbers = new ArrayList<>();
        Matcher sid = Pattern.compile("sid:(\\d+);").matcher(rules);
        while (sid.find()) {
            numbers.add(sid.group(1));
        }
        assertThat(numbers).doesNotHaveDuplicates().hasSizeGreaterThan(800).hasSizeLessThan(900);
        assertThat(rules).contains("call to the portmapper");
    }
}
