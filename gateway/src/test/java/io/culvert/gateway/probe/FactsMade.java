package io.culvert.gateway.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.probe.Facts.Exchange;
import io.culvert.gateway.probe.Facts.Fate;
import io.culvert.gateway.probe.Facts.FollowUp;
import io.culvert.gateway.probe.Facts.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Facts of a path on which all is well, to which a test adds. */
final class FactsMade {
    final List<Facts.Attempt> attempts = new ArrayList<>();
    final List<Exchange> exchanges = new ArrayList<>();
    final List<Facts.Handshake> handshakes = new ArrayList<>();
    Facts.Names names = new Facts.Names(List.of("10.2.2.2"), "");
    Facts.Echo echo = new Facts.Echo("", 8, 8, OptionalDouble.of(1), OptionalInt.of(63), Optional.empty());
    Optional<Facts.Route> route = Optional.of(new Facts.Route(List.of("10.0.0.1", "10.2.2.2"), true));
    Optional<Facts.Portmapper> portmapper = Optional.empty();
    Optional<Facts.Bulk> bulk = Optional.empty();
    Optional<Facts.Rates> rates = Optional.empty();
    Optional<Facts.Outage> outage = Optional.empty();
    Optional<String> refusal = Optional.empty();
    final List<String> cut = new ArrayList<>();
    final List<String> doubts = new ArrayList<>();

    Facts made() {
        return new Facts(
                "gw.busan",
                "10.1.1.1",
                names,
                echo,
                route,
                attempts,
                exchanges,
                portmapper,
                bulk,
                handshakes,
                rates,
                outage,
                refusal,
                new Facts.Gaps(cut, doubts));
    }

    FactsMade port(int port, Answer answer) {
        return port(new ProbePort(port, ProbePort.Need.REQUIRED, false), answer);
    }

    FactsMade port(ProbePort port, Answer answer) {
        attempts.add(new Facts.Attempt(port, answer, 1));
        return this;
    }

    FactsMade echo(int answered) {
        echo = new Facts.Echo("", 8, answered, OptionalDouble.empty(), OptionalInt.empty(), Optional.empty());
        return this;
    }

    FactsMade unarrived() {
        route = Optional.of(new Facts.Route(List.of("10.0.0.1"), false));
        return this;
    }

    FactsMade shaken(Facts.Handshake handshake) {
        handshakes.add(handshake);
        return this;
    }

    /** Text that passes before and after, and a call with this fate. */
    FactsMade exchange(int port, Fate call, long answerBytes) {
        return exchange(port, call, answerBytes, call == Fate.ACKED ? FollowUp.ACKED : FollowUp.NOT_SENT, Fate.ACKED);
    }

    FactsMade exchange(int port, Fate call, long answerBytes, FollowUp more, Fate after) {
        exchanges.add(DiagnosisTest.exchange(port, Payload.BENIGN, Fate.ACKED));
        int left = call == Fate.STUCK ? 60 : 0;
        exchanges.add(new Exchange(
                port,
                Payload.CALL,
                call,
                60,
                left,
                left == 0 ? 0 : 1,
                left == 0 ? 0 : 4,
                answerBytes,
                false,
                more,
                Answer.Sender.UNKNOWN,
                new Answer.Open()));
        exchanges.add(DiagnosisTest.exchange(port, Payload.BENIGN_AFTER, after));
        return this;
    }

    Finding diagnosed() {
        return Diagnosis.of(made());
    }

    /** Asserts what follows; of low confidence also that the evidence names another verdict and what would tell. */
    void assertVerdict(Verdict verdict, Confidence confidence, String... evidence) {
        Finding finding = diagnosed();
        assertThat(finding.verdict()).as(finding.toString()).isEqualTo(verdict);
        assertThat(finding.confidence()).as(finding.toString()).isEqualTo(confidence);
        for (String part : evidence) {
            assertThat(String.join("\n", finding.evidence())).contains(part);
        }
        if (confidence == Confidence.LOW) {
            assertThat(String.join("\n", finding.evidence()))
                    .as("which other one it may be, and what would tell")
                    .containsPattern("\\([a-z]+(-[a-z]+)+\\)")
                    .containsPattern("\\btells?\\b");
        }
        if (verdict == Verdict.OK) {
            assertThat(finding.ask() + finding.rule()).isEmpty();
        } else {
            assertThat(finding.ask()).startsWith("Ask ");
        }
    }
}
