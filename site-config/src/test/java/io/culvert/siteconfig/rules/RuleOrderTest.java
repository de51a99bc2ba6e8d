package io.culvert.siteconfig.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What is allowed to one peer stands before what is stopped of another, which may be behind the same address. */
final class RuleOrderTest {

    private static void requireOrder(RuleFormat format, Predicate<String> allowed, Predicate<String> stopped)
            throws Exception {
        List<String> lines = format.rules(Plans.golden(), Language.EN).lines().toList();
        int last = -1;
        int first = lines.size();
        for (int i = 0; i < lines.size(); i++) {
            last = allowed.test(lines.get(i)) ? i : last;
            first = stopped.test(lines.get(i)) ? Math.min(first, i) : first;
        }
        assertThat(last).as(format.word()).isPositive().isLessThan(first);
        assertThat(first).as(format.word()).isLessThan(lines.size());
    }

    @Test
    void allIsAllowedBeforeAnythingIsStopped() throws Exception {
        requireOrder(RuleFormat.NFTABLES, line -> line.contains(" accept"), line -> line.contains(" goto "));
        requireOrder(
                RuleFormat.IPTABLES,
                line -> line.contains("-j ACCEPT"),
                line -> line.matches(".*-j CULVERT-(PORTS|OTHERS)"));
        requireOrder(RuleFormat.PF, line -> line.startsWith("pass "), line -> line.startsWith("block "));
    }
}
