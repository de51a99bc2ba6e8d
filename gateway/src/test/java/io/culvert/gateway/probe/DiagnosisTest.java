package io.culvert.gateway.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.probe.Facts.Exchange;
import io.culvert.gateway.probe.Facts.Fate;
import io.culvert.gateway.probe.Facts.FollowUp;
import io.culvert.gateway.probe.Facts.Payload;
import io.culvert.gateway.probe.Facts.Portmapper;
import io.culvert.gateway.probe.ProbePort.Need;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** For each verdict the facts that it needs, and for each of its neighbours what separates them. */
final class DiagnosisTest {

    private static final Answer OPEN = new Answer.Open();
    private static final Answer SILENT = new Answer.Silent();

    private final FactsMade facts = new FactsMade();

    private Finding diagnose() {
        return facts.diagnosed();
    }

    private void assertVerdict(Verdict verdict, Confidence confidence, String... evidence) {
        facts.assertVerdict(verdict, confidence, evidence);
    }

    @Test
    void nothingIsWrong() {
        facts.port(111, OPEN).exchange(111, Fate.ACKED, 32);
        assertVerdict(
                Verdict.OK,
                Confidence.HIGH,
                "port 111 opens",
                "an RPC call is acknowledged as other bytes are, and answered");
    }

    @Test
    void echoRequestsThatNobodyAnswersAreNoTrouble() {
        facts.port(111, OPEN).exchange(111, Fate.ACKED, 32).echo(0).unarrived();
        facts.portmapper = Optional.of(Portmapper.SILENT);
        assertVerdict(
                Verdict.OK, Confidence.HIGH, "nothing here needs", "does not answer by UDP, and nothing tells why");
    }

    @Test
    void aNameWithoutAddressIsDns() {
        facts.names = new Facts.Names(List.of(), "the name gw.busan is not known here");
        assertVerdict(Verdict.DNS, Confidence.HIGH, "is not known here");
    }

    @Test
    void whatThisHostOrARouterSaysIsUnreachableHasNoRoute() {
        for (Answer answer : List.of(
                new Answer.Local(Errno.ENETUNREACH),
                new Answer.Icmp(icmp(false, 3, 1)),
                new Answer.Icmp(icmp(true, 3, 1)),
                new Answer.Icmp(icmp(false, 11, 0)))) {
            facts.attempts.clear();
            facts.port(2049, answer);
            assertVerdict(Verdict.NO_ROUTE, Confidence.HIGH, "port 2049");
        }
    }

    @Test
    void aHostThatIsUnreachableForEchoesHasNoRouteEvenIfConnectionsHearNothing() {
        facts.port(2049, SILENT).echo(0).unarrived();
        facts.echo =
                new Facts.Echo("", 8, 0, OptionalDouble.empty(), OptionalInt.empty(), Optional.of(icmp(false, 3, 0)));
        assertVerdict(Verdict.NO_ROUTE, Confidence.HIGH, "from 10.0.0.1");
    }

    @Test
    void silenceOfALivingHostIsAFirewalls() {
        facts.port(111, OPEN).port(2049, SILENT).exchange(111, Fate.ACKED, 32);
        assertVerdict(
                Verdict.FIREWALL_DROP, Confidence.HIGH, "port 2049: no answer", "port 111 of the same host opens");
        assertThat(diagnose().rule())
                .isEqualTo("ip saddr 10.1.1.1 ip daddr 10.2.2.2 tcp dport 2049 ct state new counter accept");
    }

    @Test
    void silenceOfAHostFromWhichNothingComesMayBeThatItIsOff() {
        facts.port(2049, SILENT).port(111, SILENT).echo(0).unarrived();
        assertVerdict(Verdict.FIREWALL_DROP, Confidence.LOW, "port 111, 2049", "it may as well be off");
        assertThat(diagnose().rule()).contains("tcp dport { 111, 2049 } ");
    }

    @Test
    void whoAnswersConnectionsByIcmpIsAFilterThatSaysSo() {
        facts.port(2049, new Answer.Icmp(icmp(false, 3, 13)));
        assertVerdict(Verdict.ADMIN_PROHIBITED, Confidence.HIGH, "type 3, code 13", "10.0.0.1");
        facts.attempts.clear();
        facts.port(2049, new Answer.Icmp(icmp(false, 3, 3)));
        assertVerdict(Verdict.ADMIN_PROHIBITED, Confidence.HIGH, "hosts refuse TCP by a reset");
        facts.attempts.clear();
        facts.port(2049, new Answer.Local(Errno.EPERM));
        assertVerdict(Verdict.ADMIN_PROHIBITED, Confidence.HIGH, "the filter is on this host");
    }

    @Test
    void aResetIsTheHostsOrAFirewallsByItsHops() {
        facts.port(2049, new Answer.Reset(Answer.Sender.NEARER));
        assertVerdict(Verdict.FIREWALL_RST, Confidence.HIGH, "fewer hops");
        facts.attempts.clear();
        facts.port(2049, new Answer.Reset(Answer.Sender.HOST));
        assertVerdict(Verdict.SERVICE_DOWN, Confidence.HIGH, "nothing listens there");
        facts.attempts.clear();
        facts.port(2049, new Answer.Reset(Answer.Sender.UNKNOWN));
        assertVerdict(Verdict.SERVICE_DOWN, Confidence.LOW, "(firewall-rst)");
    }

    @Test
    void aUsualPortThatTheHostRefusesIsNoTroubleWhileAnotherOpens() {
        facts.port(new ProbePort(7, Need.USUAL, false), new Answer.Reset(Answer.Sender.HOST));
        assertVerdict(Verdict.SERVICE_DOWN, Confidence.HIGH, "port 7");
        facts.port(new ProbePort(2049, Need.USUAL, false), OPEN);
        assertVerdict(Verdict.OK, Confidence.HIGH);
        facts.port(new ProbePort(2051, Need.USUAL, false), SILENT);
        assertVerdict(Verdict.FIREWALL_DROP, Confidence.HIGH, "port 2051");
    }

    @Test
    void aPortThatIsOnlyObservedNeverDecides() {
        facts.port(8443, OPEN)
                .port(new ProbePort(111, Need.OBSERVED, false), SILENT)
                .port(new ProbePort(2049, Need.OBSERVED, false), new Answer.Reset(Answer.Sender.NEARER));
        assertVerdict(Verdict.OK, Confidence.HIGH);
    }

    @Test
    void aCallThatStaysWhileTextPassesIsDroppedForWhatItSays() {
        facts.port(111, OPEN).exchange(111, Fate.STUCK, 0);
        assertVerdict(
                Verdict.IPS_PAYLOAD_DROP,
                Confidence.HIGH,
                "60 bytes stay in the send queue",
                "the request that is dropped");
        assertThat(diagnose().rule()).startsWith("pass tcp 10.1.1.1 any -> 10.2.2.2 111 ");
    }

    @Test
    void aCallThatStaysWhenTextStaysTooSaysNothingOfRpc() {
        facts.port(111, OPEN);
        facts.exchanges.add(exchange(111, Payload.BENIGN, Fate.STUCK));
        facts.exchanges.add(exchange(111, Payload.CALL, Fate.STUCK));
        facts.exchanges.add(exchange(111, Payload.BENIGN_AFTER, Fate.STUCK));
        assertVerdict(Verdict.FIREWALL_DROP, Confidence.LOW, "(ips-payload-drop)");
    }

    @Test
    void aReplyThatIsMissingBeforeAFinWasDropped() {
        facts.port(2049, OPEN).exchange(2049, Fate.ACKED, 0);
        facts.exchanges.set(1, facts.exchanges.get(1).withGap());
        assertVerdict(Verdict.IPS_PAYLOAD_DROP, Confidence.HIGH, "the reply that is dropped");
    }

    @Test
    void aPortmapperThatOwesAnAnswerMayHangAndOtherProgramsOweNone() {
        facts.port(111, OPEN).exchange(111, Fate.ACKED, 0);
        assertVerdict(Verdict.IPS_PAYLOAD_DROP, Confidence.LOW, "(service-down)");
        facts.exchanges.clear();
        facts.exchange(9000, Fate.ACKED, 0);
        assertVerdict(Verdict.OK, Confidence.HIGH);
    }

    @Test
    void aPortmapperThatClosesHasAnswered() {
        facts.port(111, OPEN).exchange(111, Fate.CLOSED, 0);
        assertVerdict(Verdict.OK, Confidence.HIGH);
    }

    @Test
    void aConnectionThatDiesBehindItsFirstExchangeWasKilled() {
        facts.port(111, OPEN).exchange(111, Fate.ACKED, 32, FollowUp.STUCK, Fate.ACKED);
        assertVerdict(Verdict.IPS_SESSION_DROP, Confidence.HIGH, "acknowledged and answered, and then nothing more");
    }

    @Test
    void aResetFromNearerThanTheHostIsASystemsInBetween() {
        facts.port(111, OPEN).exchange(111, Fate.RESET, 0);
        facts.exchanges.set(1, facts.exchanges.get(1).from(Answer.Sender.NEARER));
        assertVerdict(Verdict.IPS_RESET, Confidence.HIGH, "by something nearer than the host", "text get to the host");
    }

    @Test
    void aResetOfTheHostItselfMayBeItsProgramsAtAnRpcPortAndIsNothingElsewhere() {
        facts.port(111, OPEN).exchange(111, Fate.RESET, 0);
        facts.exchanges.set(1, facts.exchanges.get(1).from(Answer.Sender.HOST));
        assertVerdict(Verdict.IPS_RESET, Confidence.LOW, "(service-down)");
        facts.exchanges.clear();
        facts.exchange(9000, Fate.RESET, 0);
        facts.exchanges.set(1, facts.exchanges.get(1).from(Answer.Sender.HOST));
        assertVerdict(Verdict.OK, Confidence.HIGH);
    }

    @Test
    void whatResetsTextTooOnTheWayDoesNotDoSoForRpc() {
        facts.port(111, OPEN);
        for (Payload payload : Payload.values()) {
            facts.exchanges.add(exchange(111, payload, Fate.RESET).from(Answer.Sender.NEARER));
        }
        assertVerdict(Verdict.IPS_RESET, Confidence.MEDIUM, "not for RPC alone");
    }

    @Test
    void aProgramThatResetsTextStillTellsWhatBecomesOfACall() {
        for (Fate fate : List.of(Fate.STUCK, Fate.RESET)) {
            facts.attempts.clear();
            facts.exchanges.clear();
            facts.port(111, OPEN).exchange(111, fate, 0);
            facts.exchanges.set(0, exchange(111, Payload.BENIGN, Fate.RESET).from(Answer.Sender.HOST));
            facts.exchanges.set(1, facts.exchanges.get(1).from(Answer.Sender.NEARER));
            facts.exchanges.set(2, exchange(111, Payload.BENIGN_AFTER, Fate.RESET));
            assertVerdict(fate == Fate.STUCK ? Verdict.IPS_PAYLOAD_DROP : Verdict.IPS_RESET, Confidence.HIGH, "text");
        }
    }

    @Test
    void aProgramThatResetsAllBytesAlikeIsNoTrouble() {
        facts.port(8443, OPEN);
        for (Payload payload : Payload.values()) {
            facts.exchanges.add(exchange(8443, payload, Fate.RESET));
        }
        assertVerdict(Verdict.OK, Confidence.HIGH);
    }

    @Test
    void aHostThatIsLostBehindACallIsInQuarantine() {
        facts.port(111, OPEN).port(2049, OPEN).exchange(111, Fate.STUCK, 0);
        facts.exchanges.removeLast();
        facts.outage = Optional.of(new Facts.Outage(
                111,
                true,
                2049,
                true,
                OptionalDouble.of(20.4),
                20.4,
                Optional.of(new Facts.Route(List.of("10.0.0.1"), false))));
        assertVerdict(
                Verdict.IPS_QUARANTINE,
                Confidence.HIGH,
                "echo requests, port 2049, port 111",
                "20.4 s after the call",
                "10.2.2.2 (hop 2) when idle and 10.0.0.1 (hop 1) under quarantine");
        assertThat(diagnose().quarantineSeconds()).hasValue(20.4);
    }

    @Test
    void aHostThatDoesNotComeBackWhileItIsWatchedHasNoSeconds() {
        facts.port(111, OPEN).exchange(111, Fate.ACKED, 32);
        facts.outage = Optional.of(new Facts.Outage(111, true, 0, false, OptionalDouble.empty(), 20, Optional.empty()));
        assertVerdict(Verdict.IPS_QUARANTINE, Confidence.HIGH, "still lost 20.0 s after the call");
        assertThat(diagnose().quarantineSeconds()).isEmpty();
    }

    @Test
    void aPortThatIsGoneBeforeTheCallDiedOfNone() {
        facts.port(111, OPEN).port(2049, OPEN);
        facts.exchanges.add(exchange(111, Payload.BENIGN, Fate.ACKED));
        facts.exchanges.add(unconnected(SILENT));
        assertVerdict(
                Verdict.FIREWALL_DROP,
                Confidence.LOW,
                "did not connect any more before an RPC call was sent: no answer",
                "(ips-quarantine)");
        facts.outage = Optional.of(new Facts.Outage(111, true, 2049, true, OptionalDouble.of(8), 8, Optional.empty()));
        assertVerdict(Verdict.FIREWALL_DROP, Confidence.LOW, "before an RPC call was sent");
        facts.exchanges.set(1, unconnected(new Answer.Reset(Answer.Sender.UNKNOWN)));
        assertVerdict(Verdict.SERVICE_DOWN, Confidence.LOW, "before an RPC call was sent: refused");
    }

    private static Exchange unconnected(Answer how) {
        return new Exchange(
                111,
                Payload.CALL,
                Fate.UNCONNECTED,
                0,
                0,
                0,
                0,
                0,
                false,
                FollowUp.NOT_SENT,
                Answer.Sender.UNKNOWN,
                how);
    }

    @Test
    void aPortThatDiesAloneMayBeItsProgram() {
        facts.port(111, OPEN).exchange(111, Fate.ACKED, 32);
        facts.outage =
                Optional.of(new Facts.Outage(111, false, 2049, false, OptionalDouble.of(8), 8, Optional.empty()));
        assertVerdict(Verdict.IPS_QUARANTINE, Confidence.LOW, "(service-down)");
    }

    @Test
    void aCallThatStaysAndAPortThatIsGoneForAMomentMayBeAShortQuarantine() {
        facts.port(111, OPEN).exchange(111, Fate.STUCK, 0, FollowUp.NOT_SENT, Fate.UNCONNECTED);
        assertVerdict(Verdict.IPS_QUARANTINE, Confidence.LOW, "(ips-payload-drop)");
    }

    @Test
    void aConnectionThatIsLostOnceBehindACallThatPassedIsNothing() {
        facts.port(111, OPEN).exchange(111, Fate.ACKED, 32, FollowUp.ACKED, Fate.UNCONNECTED);
        assertVerdict(Verdict.OK, Confidence.HIGH);
    }

    @Test
    void largePacketsThatVanishAreABlackHoleWithASize() {
        facts.port(111, OPEN).exchange(111, Fate.ACKED, 32);
        facts.bulk = Optional.of(new Facts.Bulk(111, 1500, Facts.Packets.VANISH, OptionalInt.of(1400), false));
        assertVerdict(Verdict.MTU_BLACKHOLE, Confidence.HIGH, "above 1400 bytes vanish on the way there");
        assertThat(diagnose().rule()).endsWith("maxseg size set 1360");
        facts.bulk = Optional.of(new Facts.Bulk(111, 1500, Facts.Packets.VANISH, OptionalInt.of(1200), true));
        assertVerdict(Verdict.MTU_BLACKHOLE, Confidence.MEDIUM, "above 1200 bytes vanish on the way here");
    }

    @Test
    void lossCountsWhenEchoesAndTcpBothSeeIt() {
        facts.port(111, OPEN).exchange(111, Fate.ACKED, 32).echo(30);
        facts.echo = new Facts.Echo("", 40, 30, OptionalDouble.of(1), OptionalInt.of(63), Optional.empty());
        assertVerdict(Verdict.OK, Confidence.HIGH);
        facts.exchanges.set(0, exchange(111, Payload.BENIGN, Fate.ACKED, 2));
        assertVerdict(Verdict.SLOW_PATH, Confidence.MEDIUM, "25 % of 40");
    }

    @Test
    void whatTheStreamLosesOrCrawlsIsASlowPath() {
        facts.port(8443, OPEN);
        facts.rates = Optional.of(new Facts.Rates(1e8, 1e8, 9, 80));
        assertVerdict(Verdict.SLOW_PATH, Confidence.HIGH, "9.0 %");
        facts.rates = Optional.of(new Facts.Rates(1e8, 50_000, 0, 80));
        assertVerdict(Verdict.SLOW_PATH, Confidence.MEDIUM, "50 kB/s");
        facts.rates = Optional.of(new Facts.Rates(1e8, 1e8, 0.1, 80));
        assertVerdict(Verdict.OK, Confidence.HIGH);
    }

    @Test
    void datagramsThatVanishAreNamedOnlyWhereTheHostWouldSaySo() {
        facts.port(111, OPEN).exchange(111, Fate.ACKED, 32);
        facts.portmapper = Optional.of(Portmapper.SILENT);
        assertVerdict(Verdict.FIREWALL_DROP, Confidence.LOW, "(ips-payload-drop)");
        assertThat(diagnose().rule()).contains("udp dport 111");
        facts.portmapper = Optional.of(Portmapper.REFUSED);
        assertVerdict(Verdict.OK, Confidence.HIGH);
    }

    @Test
    void whatElseWasFoundStandsBehindTheVerdict() {
        facts.port(111, OPEN).port(2049, SILENT).exchange(111, Fate.STUCK, 0);
        facts.bulk = Optional.of(new Facts.Bulk(111, 1500, Facts.Packets.VANISH, OptionalInt.of(1400), false));
        assertVerdict(Verdict.FIREWALL_DROP, Confidence.HIGH, "also ips-payload-drop: ", "also mtu-blackhole: ");
    }

    @Test
    void hopsAreCountedFromWhatSystemsBeginWith() {
        assertThat(Hops.of(63)).isEqualTo(1);
        assertThat(Hops.of(64)).isZero();
        assertThat(Hops.of(127)).isEqualTo(1);
        assertThat(Hops.of(250)).isEqualTo(5);
    }

    static IcmpError icmp(boolean local, int type, int code) {
        return new IcmpError("10.0.0.1", local, false, type, code, 0);
    }

    static Exchange exchange(int port, Payload payload, Fate fate) {
        return exchange(port, payload, fate, 0);
    }

    private static Exchange exchange(int port, Payload payload, Fate fate, int retransmitted) {
        return new Exchange(
                port,
                payload,
                fate,
                60,
                fate == Fate.STUCK ? 60 : 0,
                fate == Fate.STUCK ? 1 : 0,
                retransmitted,
                0,
                false,
                FollowUp.NOT_SENT,
                Answer.Sender.UNKNOWN,
                OPEN);
    }
}
