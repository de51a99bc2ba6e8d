package io.culvert.siteconfig.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an IPS is told where nobody has stated in which networks the appliances are. */
final class IpsTemplateTest {

    @ParameterizedTest
    @EnumSource(IpsTemplate.Dialect.class)
    void withoutNetworksEachAlertStandsOnceForAllPeers(IpsTemplate.Dialect dialect) throws Exception {
        RulePlan stated = Plans.plan(Set.of(Plans.BUSAN, Plans.ULSAN));
        RulePlan plan = new RulePlan(
                stated.site(),
                stated.pairs().stream()
                        .map(pair -> new RulePair(
                                withoutNetworks(pair.here()), withoutNetworks(pair.peer()), pair.dialsFromHere()))
                        .toList(),
                stated.isPart(),
                stated.watched(),
                stated.reason(),
                stated.zones(),
                stated.source(),
                stated.at(),
                stated.notes());
        assertThat(plan.pairs()).hasSizeGreaterThan(1);

        List<String> lines = new IpsTemplate(dialect).rules(plan).lines().toList();

        List<String> alerts =
                lines.stream().filter(line -> line.startsWith("alert ")).toList();
        assertThat(alerts)
                .isNotEmpty()
                .allSatisfy(alert -> assertThat(alert)
                        .contains(" any any -> any ", " past this sensor\"")
                        .doesNotContain("busan"));
        assertThat(alerts.stream()
                        .filter(alert -> alert.startsWith("alert tcp") && alert.contains("call to the portmapper")))
                .hasSize(1);
        assertThat(lines.stream().filter(line -> line.startsWith("pass ")))
                .hasSizeGreaterThanOrEqualTo(plan.pairs().size());
    }

    private static RuleSite withoutNetworks(RuleSite site) {
        return new RuleSite(site.name(), site.gateways(), List.of());
    }
}
