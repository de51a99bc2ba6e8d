package io.culvert.siteconfig.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.culvert.siteconfig.HostPort;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteConfigLoader;
import io.culvert.siteconfig.SiteName;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class RulePlannerTest {
    private static final String SEOUL = "site: seoul\nadvertise: gw.seoul.example:8443\n";
    private static final KnownPeer BUSAN =
            new KnownPeer(Plans.BUSAN, new HostPort("gw.busan.example", 8444), List.of(), true, true);

    @TempDir
    private Path directory;

    private SiteConfig site(String text) throws Exception {
        return SiteConfigLoader.load(Files.writeString(directory.resolve("site.yaml"), text));
    }

    private RulePlan plan(String text, KnownPeer... enrolled) throws Exception {
        return new RulePlanner(site(text), List.of(), List.of(enrolled), Map.of(), Plans::names, Plans.AT)
                .plan(Set.of(), "site.yaml", false);
    }

    private static AllowedFlow only(RulePlan plan) {
        assertThat(plan.pairs()).hasSize(1);
        assertThat(plan.pairs().getFirst().flows()).hasSize(1);
        return plan.pairs().getFirst().flows().getFirst();
    }

    @Test
    void whoJoinedDialsThePortOfTheOther() throws Exception {
        AllowedFlow flow = only(plan(SEOUL, BUSAN));
        assertThat(flow.sources()).isEqualTo(Plans.addresses("192.0.2.10"));
        assertThat(flow.destinations()).isEqualTo(Plans.addresses("198.51.100.10"));
        assertThat(flow.port()).isEqualTo(8444);
    }

    @Test
    void dialAndEndpointOfTheSiteFileComeFirst() throws Exception {
        AllowedFlow turned = only(plan(SEOUL + "peers: {busan: {dial: false}}\n", BUSAN));
        assertThat(turned.sources()).isEqualTo(Plans.addresses("198.51.100.10"));
        assertThat(turned.destinations()).isEqualTo(Plans.addresses("192.0.2.10"));
        assertThat(turned.port()).isEqualTo(8443);

        AllowedFlow moved = only(plan(SEOUL + "peers: {busan: {endpoint: '198.51.100.99:9000'}}\n", BUSAN));
        assertThat(moved.destinations()).isEqualTo(Plans.addresses("198.51.100.99"));
        assertThat(moved.port()).isEqualTo(9000);
    }

    @Test
    void aSiteFileAloneSufficesIfItSaysWhoDialsAndWhere() throws Exception {
        AllowedFlow flow = only(plan(SEOUL + "peers: {busan: {dial: true, endpoint: 'gw.busan.example:8443'}}\n"));
        assertThat(flow.port()).isEqualTo(8443);
    }

    @Test
    void severalGatewaysOfAPeerAreAllAllowedEachAtItsPort() throws Exception {
        KnownPeer two = new KnownPeer(
                Plans.BUSAN,
                new HostPort("198.51.100.1", 8443),
                List.of(
                        new HostPort("198.51.100.2", 8443),
                        new HostPort("198.51.100.1", 8443),
                        new HostPort("198.51.100.3", 9443)),
                true,
                true);
        List<AllowedFlow> flows = plan(SEOUL, two).pairs().getFirst().flows();
        assertThat(flows).extracting(AllowedFlow::port).containsExactly(8443, 9443);
        assertThat(flows.getFirst().destinations()).isEqualTo(Plans.addresses("198.51.100.1", "198.51.100.2"));
        assertThat(flows.getLast().destinations()).isEqualTo(Plans.addresses("198.51.100.3"));
    }

    @Test
    void theOtherGatewaysOfThisSiteAreThereTooWhoeverDials() throws Exception {
        List<HostPort> gateways = List.of(
                new HostPort("gw.seoul.example", 8443),
                new HostPort("192.0.2.11", 8443),
                new HostPort("192.0.2.12", 9443));
        RulePlan out = new RulePlanner(site(SEOUL), gateways, List.of(BUSAN), Map.of(), Plans::names, Plans.AT)
                .plan(Set.of(), "f", false);
        assertThat(only(out).sources()).isEqualTo(Plans.addresses("192.0.2.10", "192.0.2.11", "192.0.2.12"));
        RulePlan in = new RulePlanner(
                        site(SEOUL + "peers: {busan: {dial: false}}\n"),
                        gateways,
                        List.of(BUSAN),
                        Map.of(),
                        Plans::names,
                        Plans.AT)
                .plan(Set.of(), "f", false);
        List<AllowedFlow> flows = in.pairs().getFirst().flows();
        assertThat(flows).extracting(AllowedFlow::port).containsExactly(8443, 9443);
        assertThat(flows.getFirst().destinations()).isEqualTo(Plans.addresses("192.0.2.10", "192.0.2.11"));
        RulePlan stated = new RulePlanner(
                        site(SEOUL + "rules: {addresses: {seoul: 192.0.2.77}}\n"),
                        gateways,
                        List.of(BUSAN),
                        Map.of(),
                        Plans::names,
                        Plans.AT)
                .plan(Set.of(), "f", false);
        assertThat(only(stated).sources()).as("what is stated counts alone").isEqualTo(Plans.addresses("192.0.2.77"));
    }

    @Test
    void whatWasToldAndIsNoAddressIsLeftOutAndNoted() throws Exception {
        KnownPeer telling = new KnownPeer(
                Plans.BUSAN,
                new HostPort("gw.busan.example", 8444),
                List.of(new HostPort("nobody.example", 8444), new HostPort("198.51.100.2", 8444)),
                true,
                true);
        List<HostPort> gateways = List.of(
                new HostPort("gone.example", 8443),
                new HostPort("here.example", 8443),
                new HostPort("gone.example", 9443),
                new HostPort("192.0.2.12", 8443));
        RulePlan plan = new RulePlanner(site(SEOUL), gateways, List.of(telling), Map.of(), Plans::names, Plans.AT)
                .plan(Set.of(), "f", false);
        assertThat(only(plan).sources()).isEqualTo(Plans.addresses("192.0.2.10", "192.0.2.12"));
        assertThat(only(plan).destinations()).isEqualTo(Plans.addresses("198.51.100.10", "198.51.100.2"));
        assertThat(plan.notes())
                .containsExactly(
                        "gone.example of seoul does not resolve here, and is left out",
                        "here.example of seoul is 127.0.1.1 here, which no firewall sees, and is left out",
                        "nobody.example of busan does not resolve here, and is left out");
    }

    @ParameterizedTest
    @EnumSource(value = RuleFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "CSV")
    void aNoteStandsAmongTheFirstCommentsOfEveryProductAndInTheForm(RuleFormat format) throws Exception {
        RulePlan plan = plan(SEOUL, BUSAN);
        RulePlan noted = plan.noting(List.of("one is missing")).asPart();
        for (Language language : Language.values()) {
            assertThat(format.rules(plan, language)).doesNotContain("one is missing");
            assertThat(format.rules(noted, language))
                    .containsPattern("(?m)^ *((?:[#!] *)?one is missing|<li>[^<]*: one is missing</li>)$");
        }
    }

    @Test
    void aSiteThatListensEverywhereNeedsAnAddressAndHasItsPort() throws Exception {
        String everywhere =
                "site: seoul\nlisten: '0.0.0.0:9000'\npeers: {busan: {dial: false, endpoint: '198.51.100.10:1'}}\n";
        assertThat(refused(everywhere))
                .isEqualTo(
                        "no address of seoul is known: state it in `rules: {addresses: {seoul: ADDRESS}}` or with --address seoul=ADDRESS");
        assertThat(only(plan(everywhere + "rules: {addresses: {seoul: 192.0.2.77}}\n")))
                .isEqualTo(new AllowedFlow(
                        Family.IPV4, Plans.addresses("198.51.100.10"), Plans.addresses("192.0.2.77"), 9000));
    }

    @Test
    void whatIsStatedForThisOnceComesBeforeTheSiteFileAndBeforeNames() throws Exception {
        SiteConfig site = site(SEOUL + "rules: {addresses: {seoul: 192.0.2.77, busan: 198.51.100.77}}\n");
        Map<SiteName, List<InetAddress>> stated = Map.of(Plans.BUSAN, Plans.addresses("198.51.100.88"));
        RulePlan plan = new RulePlanner(site, List.of(), List.of(BUSAN), stated, Plans::names, Plans.AT)
                .plan(Set.of(), "f", false);
        assertThat(only(plan))
                .isEqualTo(new AllowedFlow(
                        Family.IPV4, Plans.addresses("192.0.2.77"), Plans.addresses("198.51.100.88"), 8444));
    }

    @Test
    void bothFamiliesHaveAFlowEachAndNeitherMeetsTheOther() throws Exception {
        List<AllowedFlow> flows = plan(
                        SEOUL
                                + "rules: {addresses: {seoul: [192.0.2.1, '2001:db8::1'], busan: [198.51.100.1, '2001:db8:2::1']}}\n",
                        BUSAN)
                .pairs()
                .getFirst()
                .flows();
        assertThat(flows)
                .containsExactly(
                        new AllowedFlow(
                                Family.IPV4, Plans.addresses("192.0.2.1"), Plans.addresses("198.51.100.1"), 8444),
                        new AllowedFlow(
                                Family.IPV6, Plans.addresses("2001:db8::1"), Plans.addresses("2001:db8:2::1"), 8444));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "peers: {busan: {endpoint: 'gw.busan.example:8443'}} | true | whether seoul or busan dials is not known: it is enrolled nowhere that"
                        + " can be read here; write `dial: true` (seoul dials) or `dial: false` below peer busan",
                "peers: {busan: {dial: true}} | true | no address of busan is known: state it in `rules: {addresses: {busan: ADDRESS}}` or with"
                        + " --address busan=ADDRESS",
                "{peers: {busan: {dial: true}}, rules: {addresses: {busan: 198.51.100.1}}} | true | the port of busan is not known: write its"
                        + " `endpoint` below peer busan",
                "peers: {busan: {dial: true, endpoint: 'nobody.example:1'}} | false | nobody.example of busan does not resolve here; state its"
                        + " address in `rules.addresses` or with --address busan=ADDRESS",
                "peers: {busan: {dial: true, endpoint: 'here.example:1'}} | false | here.example of busan is 127.0.1.1 here, which no firewall sees;"
                        + " state its address in `rules.addresses` or with --address busan=ADDRESS",
                "peers: {busan: {dial: true, endpoint: 'six.example:1'}} | true | seoul and busan have no address of the same sort, IPv4 or IPv6; state"
                        + " some in `rules.addresses` or with --address",
                "peers: {} | true | site seoul has no peer: name one in `peers`, or enrol it"
            })
    void saysWhatIsNotKnown(String setting, boolean isUnstated, String sentence) throws Exception {
        String text = setting.startsWith("{")
                ? SEOUL + setting.substring(1, setting.length() - 1).replace(", rules", "\nrules")
                : SEOUL + setting;
        RulesException refused = catchThrowableOfType(RulesException.class, () -> plan(text + "\n"));
        assertThat(refused).hasMessage(sentence);
        assertThat(refused.isUnstated()).isEqualTo(isUnstated);
    }

    private String refused(String text) {
        return String.valueOf(
                catchThrowableOfType(RulesException.class, () -> plan(text)).getMessage());
    }

    @Test
    void aNameOfTooManyAddressesIsNotBelieved() throws Exception {
        List<InetAddress> many = IntStream.rangeClosed(1, 17)
                .mapToObj(last -> InetAddress.ofLiteral("198.51.100." + last))
                .toList();
        RulePlanner planner = new RulePlanner(site(SEOUL), List.of(), List.of(BUSAN), Map.of(), host -> many, Plans.AT);
        RulesException refused = catchThrowableOfType(RulesException.class, () -> planner.plan(Set.of(), "f", false));
        assertThat(refused).hasMessageContaining("busan resolves to 17 addresses, more than 16");
    }

    @Test
    void saysAllThatIsNotKnownAtOnce() {
        assertThat(refused(
                                SEOUL
                                        + "peers: {busan: {dial: true, endpoint: 'nobody.example:1'}, jeju: {}, ulsan: {dial: true}}\n")
                        .lines())
                .hasSize(3);
    }

    @Test
    void whatAPeerTellsOfItselfIsMarked() throws Exception {
        KnownPeer telling = new KnownPeer(
                Plans.BUSAN,
                new HostPort("gw.busan.example", 8443),
                List.of(new HostPort("198.51.100.2", 22)),
                true,
                true);
        assertThat(plan(SEOUL, telling).pairs().getFirst().peer().gateways())
                .extracting(RuleAddress::from)
                .containsExactly(
                        "gw.busan.example as it resolved 2026-11-30T03:00:00Z, its endpoint", "as busan itself tells");
    }

    @Test
    void theRulesOfAPeerThatIsRevokedCanBeTakenAway() throws Exception {
        KnownPeer revoked = new KnownPeer(Plans.BUSAN, new HostPort("gw.busan.example", 8443), List.of(), true, false);
        RulePlan removal = new RulePlanner(
                        Plans.sample(), List.of(), List.of(revoked), Map.of(), Plans::names, Plans.AT)
                .plan(Set.of(Plans.BUSAN), "f", true);
        assertThat(removal.pairs()).extracting(pair -> pair.peer().name()).containsExactly(Plans.BUSAN);
    }

    @Test
    void aPeerThatIsRevokedHasNoRulesWhateverTheSiteFileSays() {
        KnownPeer revoked = new KnownPeer(Plans.BUSAN, new HostPort("gw.busan.example", 8443), List.of(), true, false);
        RulesException refused = catchThrowableOfType(
                RulesException.class,
                () -> plan(SEOUL + "peers: {busan: {dial: true, endpoint: 'gw.busan.example:8443'}}\n", revoked));
        assertThat(refused).hasMessage("site seoul has no peer: name one in `peers`, or enrol it");
    }

    @Test
    void aPeerThatIsWantedMustBeThere() throws Exception {
        RulePlanner planner = new RulePlanner(site(SEOUL), List.of(), List.of(BUSAN), Map.of(), Plans::names, Plans.AT);
        RulesException refused = catchThrowableOfType(
                RulesException.class, () -> planner.plan(Set.of(new SiteName("daegu")), "f", false));
        assertThat(refused).hasMessage("site seoul has no peer daegu; it has busan");
    }

    @Test
    void whatIsWatchedAreGatewaysAndNetworksEachOnce() throws Exception {
        RulePlan plan = plan(SEOUL + "rules: {networks: {seoul: [192.0.2.0/24, 10.0.0.0/8, 10.1.0.0/16]}}\n", BUSAN);
        List<Crossing> crossings = plan.pairs().getFirst().crossings();
        assertThat(crossings).hasSize(2);
        assertThat(crossings.getFirst().sources())
                .extracting(AddressText::of)
                .containsExactly("192.0.2.0/24", "10.0.0.0/8");
        assertThat(crossings.getFirst().destinations())
                .extracting(AddressText::of)
                .containsExactly("198.51.100.10");
        assertThat(crossings.getLast().sources()).isEqualTo(crossings.getFirst().destinations());
    }

    @Test
    void portsOfAllKindsAndOfTheSitesOwnServicesAreWatchedButNotSsh() throws Exception {
        WatchedPorts watched = plan(SEOUL + """
                appliances:
                  x: {kind: custom, peer: busan, address: 10.99.0.7, services: {lpd: {ports: 515}, own: {ports: [2050, 5555]}, snmp: {ports: 1161, transport: udp}, q: {ports: 875, program: 100011}}}
                """, BUSAN).watched();
        assertThat(watched.tcp())
                .extracting(Object::toString)
                .contains("111", "875", "2049-2052", "5555", "28001-28010")
                .doesNotContain("22", "7", "515", "1161");
        assertThat(watched.udp())
                .extracting(Object::toString)
                .containsExactly("111", "875", "1161", "2049", "2052", "20048");
        assertThat(watched.programs()).containsExactly(100_003, 100_005, 100_011);
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:0:0:0:0:0:1, 2001:db8::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "0:0:0:0:0:0:0:0, ::",
        "FE80:0:0:0:0:0:0:0, fe80::",
        "0:0:0:0:0:0:0:1, ::1",
        "192.0.2.1, 192.0.2.1"
    })
    void writesAddressesAsRfc5952Does(String any, String canonical) {
        assertThat(AddressText.of(InetAddress.ofLiteral(any))).isEqualTo(canonical);
    }
}
