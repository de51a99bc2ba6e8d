package io.culvert.gateway.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.probe.Facts.Fate;
import io.culvert.gateway.probe.ProbePort.Need;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What was not tried, or is not clear: a verdict is never surer than that. */
final class GapsTest {

    private final FactsMade facts = new FactsMade();

    @Test
    void aNameThatThisSideHadNoTimeForIsOfLowConfidence() {
        facts.names = new Facts.Names(List.of(), "the name service did not answer within 0 s");
        facts.cut.add("name");
        facts.assertVerdict(Verdict.DNS, Confidence.LOW, "(slow-path)");
    }

    @Test
    void nothingFoundSaysNothingWherePortsOrTlsWereNotTried() {
        facts.port(8443, new Answer.Open());
        assertThat(Diagnosis.untested(facts.made())).isEmpty();
        facts.port(new ProbePort(2049, Need.OBSERVED, false), new Answer.Untried());
        assertThat(Diagnosis.untested(facts.made())).isEmpty();
        facts.port(111, new Answer.Untried());
        facts.assertVerdict(Verdict.OK, Confidence.HIGH);
        assertThat(Diagnosis.untested(facts.made())).contains("there was no time to connect to port 111");
        facts.attempts.clear();
        facts.port(new ProbePort(8443, Need.REQUIRED, true), new Answer.Open());
        assertThat(Diagnosis.untested(facts.made())).contains("there was no time for TLS at any port");
    }

    @Test
    void whatWasCutShortIsSaidAndLowersTheConfidence() {
        facts.port(111, new Answer.Open()).exchange(111, Fate.ACKED, 32);
        facts.cut.addAll(List.of("mtu", "tls at port 9443"));
        facts.assertVerdict(Verdict.OK, Confidence.MEDIUM, "there was no time for all of it", "mtu; tls at port 9443");
        facts.port(2049, new Answer.Silent());
        facts.assertVerdict(Verdict.FIREWALL_DROP, Confidence.MEDIUM, "mtu; tls at port 9443");
        facts.attempts.clear();
        facts.port(2049, new Answer.Reset(Answer.Sender.UNKNOWN));
        facts.assertVerdict(Verdict.SERVICE_DOWN, Confidence.LOW, "(firewall-rst)", "mtu; tls at port 9443");
    }

    @Test
    void whatWasNotTriedForAnotherReasonIsSaidAndLowersTheConfidence() {
        facts.port(111, new Answer.Open());
        facts.doubts.add("no RPC call was sent: 10.0.0.1 was cut off behind its call");
        facts.assertVerdict(Verdict.OK, Confidence.MEDIUM, "no RPC call was sent: 10.0.0.1 was cut off");
        assertThat(String.join("\n", facts.diagnosed().evidence())).doesNotContain("no time");
    }

    @Test
    void fullPacketsOfWhichNothingIsKnownAreNotSaidToPass() {
        facts.port(111, new Answer.Open()).exchange(111, Fate.ACKED, 32);
        facts.bulk = Optional.of(new Facts.Bulk(111, 1500, Facts.Packets.UNCLEAR, OptionalInt.empty(), false));
        facts.assertVerdict(Verdict.OK, Confidence.MEDIUM, "whether full packets pass is not clear");
        assertThat(String.join("\n", facts.diagnosed().evidence())).doesNotContain("full packets pass, of");
        facts.bulk = Optional.of(new Facts.Bulk(111, 1500, Facts.Packets.PASS, OptionalInt.empty(), false));
        facts.assertVerdict(Verdict.OK, Confidence.HIGH, "full packets pass, of up to 1500 bytes");
    }

    @Test
    void onlyPacketsThatWereAcknowledgedHaveArrivedAlsoWhenTheConnectionEnds() {
        assertThat(Bulking.way(3_000, 2_000, false)).isEqualTo(Bulking.Way.STUCK);
        assertThat(Bulking.way(3_000, 2_000, true)).isEqualTo(Bulking.Way.ENDED);
        assertThat(Bulking.way(2_001, 2_000, true)).isEqualTo(Bulking.Way.ENDED);
        assertThat(Bulking.way(2_000, 2_000, true)).isEqualTo(Bulking.Way.PASSED);
        assertThat(Bulking.way(0, 2_000, false)).isEqualTo(Bulking.Way.PASSED);
    }

    @Test
    void thatHopsCouldNotBeComparedIsNotSaidOfAHostFromWhichNothingComes() {
        facts.port(2049, new Answer.Reset(Answer.Sender.UNKNOWN)).port(111, new Answer.Open());
        facts.assertVerdict(
                Verdict.SERVICE_DOWN, Confidence.LOW, "there was no time to compare its hops", "(firewall-rst)");
        facts.attempts.removeLast();
        facts.echo(0);
        facts.assertVerdict(
                Verdict.SERVICE_DOWN, Confidence.LOW, "nothing comes from the host to compare its hops with");
    }
}
