package io.culvert.gateway.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Several addresses of a name: which are tried, and what their findings say of the name. */
final class OverallTest {

    private static final Facts.Gaps NO_GAPS = new Facts.Gaps(List.of(), List.of());
    private static final Facts.Gaps NO_TLS = new Facts.Gaps(List.of("tls at port 8443"), List.of());

    private Overall.Common common = new Overall.Common(Optional.empty(), List.of());
    private final List<Overall.Part> parts = new ArrayList<>();

    private void at(String address, Verdict verdict, Confidence confidence, String... evidence) {
        at(address, NO_GAPS, verdict, confidence, evidence);
    }

    private void at(String address, Facts.Gaps gaps, Verdict verdict, Confidence confidence, String... evidence) {
        parts.add(new Overall.Part(
                address,
                new Finding(
                        verdict,
                        confidence,
                        List.of(evidence),
                        verdict == Verdict.OK ? "" : "Ask " + address,
                        verdict == Verdict.OK ? "" : "rule " + address,
                        OptionalDouble.empty()),
                gaps));
    }

    private Finding overall(String... leftOut) {
        return Overall.of("gw.busan", parts, common, List.of(leftOut));
    }

    @Test
    void ofOneAddressItIsWhatWasFoundThere() {
        at("10.0.0.1", Verdict.FIREWALL_DROP, Confidence.HIGH, "no answer");
        assertThat(overall()).isEqualTo(parts.getFirst().finding());
        assertThat(overall("IPv6 was not tried").evidence()).containsExactly("no answer", "IPv6 was not tried");
    }

    @Test
    void theVerdictIsThatOfTheWorstAddressAndNamesTheOneThatWorks() {
        at("2001:db8::1", Verdict.OK, Confidence.HIGH, "port 8443 opens");
        at(
                "10.0.0.1",
                Verdict.FIREWALL_DROP,
                Confidence.HIGH,
                "port 8443: no answer",
                "the host answers echo requests");
        Finding overall = overall();
        assertThat(overall.verdict()).isEqualTo(Verdict.FIREWALL_DROP);
        assertThat(overall.confidence()).isEqualTo(Confidence.HIGH);
        assertThat(overall.evidence())
                .containsExactly(
                        "10.0.0.1: port 8443: no answer",
                        "10.0.0.1: the host answers echo requests",
                        "2001:db8::1 works, of the 2 addresses that were tried of gw.busan");
        assertThat(overall.ask()).isEqualTo("Ask 10.0.0.1");
        assertThat(overall.rule()).isEqualTo("rule 10.0.0.1");
    }

    @Test
    void whatComesEarlierOnTheWayIsWorseAndOfTheSameTheMoreCertain() {
        at("10.0.0.1", Verdict.SLOW_PATH, Confidence.HIGH, "loss");
        at("10.0.0.2", Verdict.PEER_REFUSED, Confidence.HIGH, "revoked");
        at("10.0.0.3", Verdict.FIREWALL_DROP, Confidence.LOW, "nothing at all");
        at("10.0.0.4", Verdict.FIREWALL_DROP, Confidence.HIGH, "no answer");
        at("10.0.0.5", Verdict.MTU_BLACKHOLE, Confidence.HIGH, "vanish");
        assertThat(overall().evidence())
                .containsExactly(
                        "10.0.0.4: no answer",
                        "none of the 5 addresses of gw.busan is free of trouble",
                        "also 10.0.0.1: slow-path: loss",
                        "also 10.0.0.2: peer-refused: revoked",
                        "also 10.0.0.3: firewall-drop: nothing at all",
                        "also 10.0.0.5: mtu-blackhole: vanish");
        parts.removeIf(part ->
                part.finding().verdict() != Verdict.SLOW_PATH && part.finding().verdict() != Verdict.PEER_REFUSED);
        assertThat(overall().verdict()).isEqualTo(Verdict.PEER_REFUSED);
    }

    @Test
    void anAddressOfWhichNotAllWasTriedIsNotSaidToWork() {
        at("10.0.0.1", Verdict.FIREWALL_DROP, Confidence.HIGH, "port 8443: no answer");
        at("10.0.0.2", NO_TLS, Verdict.OK, Confidence.MEDIUM, "port 8443 opens");
        assertThat(overall().evidence())
                .containsExactly(
                        "10.0.0.1: port 8443: no answer",
                        "10.0.0.2: nothing found, but not tested, for want of time: tls at port 8443");
        assertThat(overall().confidence())
                .as("what was not tested may be worse")
                .isEqualTo(Confidence.MEDIUM);
        at("10.0.0.3", Verdict.OK, Confidence.HIGH, "port 8443 opens");
        assertThat(overall().evidence())
                .contains("10.0.0.3 works, of the 3 addresses that were tried of gw.busan")
                .noneMatch(sentence -> sentence.contains("10.0.0.2 works"));
        parts.removeFirst();
        assertThat(overall().evidence()).first().isEqualTo("nothing was found at any address: 10.0.0.2, 10.0.0.3");
    }

    @Test
    void whatIsToBeDoneAtEachAddressIsAskedForAndTheSecondsOfAQuarantineAreThoseOfAny() {
        at("10.0.0.1", Verdict.IPS_QUARANTINE, Confidence.HIGH, "after an RPC call");
        Finding quarantine = parts.getFirst().finding();
        parts.set(
                0,
                new Overall.Part(
                        "10.0.0.1",
                        new Finding(
                                quarantine.verdict(),
                                quarantine.confidence(),
                                quarantine.evidence(),
                                quarantine.ask(),
                                quarantine.rule(),
                                OptionalDouble.of(20.5)),
                        NO_GAPS));
        at("10.0.0.2", Verdict.FIREWALL_DROP, Confidence.HIGH, "no answer");
        assertThat(overall().verdict()).isEqualTo(Verdict.FIREWALL_DROP);
        assertThat(overall().quarantineSeconds()).hasValue(20.5);
        assertThat(overall().ask()).isEqualTo("Ask 10.0.0.2. Ask 10.0.0.1");
        assertThat(overall().rule()).isEqualTo("rule 10.0.0.2\nrule 10.0.0.1");
    }

    @Test
    void whatIsKnownOfThePeerIsSaidOnceAndOfNoAddress() {
        at("10.0.0.1", Verdict.OK, Confidence.HIGH, "port 8443 opens");
        at("10.0.0.2", Verdict.OK, Confidence.HIGH, "port 8443 opens");
        common = new Overall.Common(
                Optional.of(new Finding(
                        Verdict.PEER_REFUSED,
                        Confidence.HIGH,
                        List.of("was revoked"),
                        "Ask the operator",
                        "",
                        OptionalDouble.empty())),
                List.of());
        assertThat(overall().verdict()).isEqualTo(Verdict.PEER_REFUSED);
        assertThat(overall().evidence())
                .containsExactly(
                        "was revoked", "10.0.0.1, 10.0.0.2 work, of the 2 addresses that were tried of gw.busan");
        at("10.0.0.3", Verdict.FIREWALL_DROP, Confidence.HIGH, "no answer");
        assertThat(overall().verdict()).isEqualTo(Verdict.FIREWALL_DROP);
        assertThat(overall().evidence()).endsWith("also peer-refused: was revoked");
    }

    @Test
    void aStreamThatWasNotMeasuredIsSaidAndOkIsNotCertainThen() {
        at("10.0.0.1", Verdict.OK, Confidence.HIGH, "port 8443 opens");
        common = new Overall.Common(Optional.empty(), List.of("it was not measured"));
        assertThat(overall().confidence()).isEqualTo(Confidence.MEDIUM);
        assertThat(overall().evidence()).containsExactly("port 8443 opens", "it was not measured");
    }

    @Test
    void whatWasSparedOnPurposeLeavesTheVerdictOfAnotherAddressAsCertainAsItWas() {
        at("10.0.0.1", Verdict.IPS_QUARANTINE, Confidence.HIGH, "after an RPC call");
        at(
                "10.0.0.2",
                new Facts.Gaps(List.of(), List.of("no RPC call was sent: 10.0.0.1 was cut off")),
                Verdict.OK,
                Confidence.MEDIUM,
                "port 111 opens");
        assertThat(overall().confidence()).isEqualTo(Confidence.HIGH);
        assertThat(overall().evidence())
                .endsWith("10.0.0.2: nothing found, but no RPC call was sent: 10.0.0.1 was cut off");
    }

    @Test
    void ifAllWorkThatIsSaidOnceAndWhatIsDifferentBehindIt() {
        at("10.0.0.1", Verdict.OK, Confidence.HIGH, "port 8443 opens", "full packets pass, of up to 1500 bytes");
        at("10.0.0.2", Verdict.OK, Confidence.MEDIUM, "port 8443 opens", "full packets pass, of up to 1400 bytes");
        Finding overall = overall();
        assertThat(overall.verdict()).isEqualTo(Verdict.OK);
        assertThat(overall.confidence()).as("the least certain").isEqualTo(Confidence.MEDIUM);
        assertThat(overall.evidence())
                .containsExactly(
                        "all 2 addresses work: 10.0.0.1, 10.0.0.2",
                        "port 8443 opens",
                        "full packets pass, of up to 1500 bytes",
                        "10.0.0.2: full packets pass, of up to 1400 bytes");
    }

    private static List<InetAddress> addresses(String... texts) throws UnknownHostException {
        List<InetAddress> all = new ArrayList<>();
        for (String text : texts) {
            all.add(InetAddress.getByName(text));
        }
        return all;
    }

    @Test
    void aFamilyThatThisHostHasNoWayForIsLeftOutIfAnotherHasOne() throws UnknownHostException {
        List<InetAddress> both = addresses("2001:db8::1", "2001:db8::2", "10.0.0.1", "10.0.0.1");
        Addresses four = Addresses.of(both, address -> Family.of(address) == Family.IPV4);
        assertThat(four.tried()).isEqualTo(addresses("10.0.0.1"));
        assertThat(four.leftOut())
                .containsExactly("IPv6 was not tried, because this host has no route for it: 2001:db8:0:0:0:0:0:1,"
                        + " 2001:db8:0:0:0:0:0:2");
        assertThat(Addresses.of(both, address -> true).tried())
                .isEqualTo(addresses("2001:db8::1", "2001:db8::2", "10.0.0.1"));
        assertThat(Addresses.of(both, address -> false).tried())
                .as("without any way all are tried, to say so")
                .hasSize(3);
        List<InetAddress> two = addresses("10.0.0.1", "10.0.0.2");
        assertThat(Addresses.of(two, address -> address.equals(two.getFirst())).tried())
                .as("one that is not routed is a finding")
                .isEqualTo(two);
    }

    @Test
    void anAddressOfThisSiteAloneIsNoWayIntoTheWorld() throws UnknownHostException {
        InetAddress world = InetAddress.getByName("2001:db8::1");
        InetAddress site = InetAddress.getByName("fd00::2");
        assertThat(Resolving.isOfUse(site, world)).isFalse();
        assertThat(Resolving.isOfUse(InetAddress.getByName("fe80::2"), world)).isFalse();
        assertThat(Resolving.isOfUse(InetAddress.getByName("2001:db8::2"), world))
                .isTrue();
        assertThat(Resolving.isOfUse(site, InetAddress.getByName("fd01::1"))).isTrue();
        assertThat(Resolving.isOfUse(InetAddress.getByName("::1"), InetAddress.getByName("::1")))
                .isTrue();
        assertThat(Resolving.isOfUse(InetAddress.getByName("10.0.0.1"), InetAddress.getByName("192.0.2.1")))
                .isTrue();
    }

    @Test
    void noMoreThanEightAreTriedAndThatIsSaid() throws UnknownHostException {
        List<InetAddress> many = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            many.addAll(addresses("10.0.0." + i));
        }
        Addresses some = Addresses.of(many, address -> true);
        assertThat(some.tried()).isEqualTo(many.subList(0, Probe.MAX_ADDRESSES));
        assertThat(some.leftOut())
                .singleElement()
                .asString()
                .startsWith("only the first 8 of 20 addresses were tried; left out: 10.0.0.9, ")
                .endsWith("10.0.0.16 and 4 more");
    }
}
