package io.culvert.gateway.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.probe.Answer.Sender;
import io.culvert.gateway.probe.Facts.CutOff;
import io.culvert.gateway.probe.Facts.Handshake;
import io.culvert.gateway.probe.Facts.Tls;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A connection that ends behind the ClientHello: a system in between, or the program there, and what separates them. */
final class TlsCutOffTest {

    private final FactsMade facts = new FactsMade();

    private static Handshake handshake(boolean expected, Optional<CutOff> how) {
        return new Handshake(
                8443, Tls.CUT_OFF, expected, "", false, false, "", "", false, "", "the connection was reset", how);
    }

    private void seen(boolean reset, Sender sender, Reaction idle, Reaction text, Reaction bare) {
        facts.attempts.clear();
        facts.handshakes.clear();
        facts.port(8443, new Answer.Open())
                .shaken(handshake(true, Optional.of(new CutOff(reset, sender, idle, text, bare))));
    }

    private void assertVerdict(Verdict verdict, Confidence confidence, String... evidence) {
        facts.assertVerdict(verdict, confidence, evidence);
    }

    @Test
    void aResetOfFewerHopsForTheClientHelloAloneIsASystemsInBetween() {
        seen(true, Sender.NEARER, Reaction.LIVES, Reaction.CLOSES, Reaction.RESETS);
        assertVerdict(
                Verdict.IPS_RESET,
                Confidence.HIGH,
                "is reset behind the ClientHello, by something nearer than the host",
                "in which nothing is sent stays open: so it is for the ClientHello");
        assertThat(facts.diagnosed().rule()).startsWith("pass tcp 10.1.1.1 any -> 10.2.2.2 8443 ");
    }

    @Test
    void thatItIsForTheClientHelloAloneIsNotKnownWhereOthersDidNotComeAbout() {
        seen(true, Sender.NEARER, Reaction.UNCONNECTED, Reaction.UNCONNECTED, Reaction.UNTRIED);
        assertVerdict(Verdict.IPS_RESET, Confidence.MEDIUM, "did not come about: so whether it is for");
        seen(true, Sender.NEARER, Reaction.LIVES, Reaction.UNCONNECTED, Reaction.UNTRIED);
        assertVerdict(Verdict.IPS_RESET, Confidence.MEDIUM, "not clear");
    }

    @Test
    void oneThatTextGetsAsWellIsNotForTlsAlone() {
        seen(true, Sender.NEARER, Reaction.LIVES, Reaction.RESETS, Reaction.RESETS);
        assertVerdict(Verdict.IPS_RESET, Confidence.MEDIUM, "not for TLS alone");
    }

    @Test
    void aResetOfFewerHopsIsAFindingEvenIfNobodyIsExpectedAndAnotherIsNone() {
        facts.port(8443, new Answer.Open())
                .shaken(handshake(
                        false,
                        Optional.of(new CutOff(true, Sender.NEARER, Reaction.LIVES, Reaction.LIVES, Reaction.RESETS))));
        assertVerdict(Verdict.IPS_RESET, Confidence.HIGH);
        facts.handshakes.clear();
        facts.shaken(handshake(
                false, Optional.of(new CutOff(true, Sender.HOST, Reaction.LIVES, Reaction.RESETS, Reaction.RESETS))));
        assertVerdict(Verdict.OK, Confidence.MEDIUM, "TLS at port 8443 did not come up: the connection was reset");
        facts.handshakes.clear();
        facts.shaken(handshake(false, Optional.empty()));
        assertVerdict(Verdict.OK, Confidence.MEDIUM, "did not come up");
    }

    @Test
    void whereTlsWasAskedForItIsAFindingThatItDoesNotComeUp() {
        facts.port(new ProbePort(8443, ProbePort.Need.REQUIRED, true, true), new Answer.Open())
                .shaken(handshake(false, Optional.empty()));
        assertVerdict(Verdict.IPS_RESET, Confidence.LOW, "(service-down)");
    }

    @Test
    void whoEndsConnectionsWithNothingInThemIsTheProgram() {
        seen(true, Sender.HOST, Reaction.RESETS, Reaction.RESETS, Reaction.RESETS);
        assertVerdict(Verdict.SERVICE_DOWN, Confidence.MEDIUM, "nothing is sent is reset as well");
        seen(false, Sender.UNKNOWN, Reaction.CLOSES, Reaction.CLOSES, Reaction.CLOSES);
        assertVerdict(Verdict.SERVICE_DOWN, Confidence.MEDIUM, "nothing is sent is closed as well");
    }

    @Test
    void whoEndsTextInTheSameWaySpeaksNoTls() {
        seen(true, Sender.HOST, Reaction.LIVES, Reaction.RESETS, Reaction.RESETS);
        assertVerdict(Verdict.SERVICE_DOWN, Confidence.MEDIUM, "a program that speaks no TLS");
    }

    @Test
    void whereTextIsClosedAsWellTheClientHelloMayBeEndedByASystemInBetweenAllTheSame() {
        seen(false, Sender.UNKNOWN, Reaction.LIVES, Reaction.CLOSES, Reaction.CLOSES);
        assertVerdict(Verdict.SERVICE_DOWN, Confidence.LOW, "(ips-reset)");
    }

    private static Handshake attempt(Tls state, String why) {
        return new Handshake(8443, state, true, "", false, false, "", "", false, "", why, Optional.empty());
    }

    @Test
    void silenceBehindAResetDoesNotTakeItsPlace() {
        Securing.Joined joined = Securing.joined(
                attempt(Tls.CUT_OFF, "the connection was reset"), attempt(Tls.STALLED, "nothing came within 4 s"));
        facts.port(8443, new Answer.Open()).shaken(joined.handshake());
        assertVerdict(
                Verdict.IPS_RESET,
                Confidence.LOW,
                "the connection was reset; once more, nothing came within 4 s",
                "(service-down)");
        assertThat(joined.doubt()).isEmpty();
    }

    @Test
    void tlsThatComesUpAtTheSecondAttemptOnlyIsSaid() {
        Handshake done = attempt(Tls.DONE, "");
        Securing.Joined joined = Securing.joined(attempt(Tls.CUT_OFF, "the connection was reset"), done);
        assertThat(joined.handshake()).isSameAs(done);
        assertThat(joined.doubt())
                .contains(
                        "TLS at port 8443 came up only at the second attempt; at the first, the connection was reset");
        assertThat(Securing.joined(attempt(Tls.STALLED, "nothing came within 4 s"), done)
                        .doubt())
                .isPresent();
        Handshake refused = attempt(Tls.REFUSED, "an alert");
        assertThat(Securing.joined(attempt(Tls.STALLED, ""), refused))
                .isEqualTo(new Securing.Joined(refused, Optional.empty()));
    }

    @Test
    void whereTextIsAnsweredByAnAlertAProgramWithTlsListensAndTheResetIsNotIts() {
        seen(true, Sender.HOST, Reaction.LIVES, Reaction.ANSWERS_TLS, Reaction.RESETS);
        assertVerdict(Verdict.IPS_RESET, Confidence.MEDIUM, "by an alert of TLS");
    }

    @Test
    void aClientHelloWithoutNamesThatIsAnsweredTellsOnlyThatSomebodyLooksForThem() {
        seen(true, Sender.HOST, Reaction.LIVES, Reaction.CLOSES, Reaction.ANSWERS_TLS);
        assertVerdict(Verdict.IPS_RESET, Confidence.LOW, "(service-down)", "names neither server nor protocol");
    }

    @Test
    void otherwiseBothAreNamed() {
        seen(true, Sender.HOST, Reaction.LIVES, Reaction.CLOSES, Reaction.RESETS);
        assertVerdict(Verdict.IPS_RESET, Confidence.LOW, "(service-down)");
        seen(true, Sender.UNKNOWN, Reaction.LIVES, Reaction.LIVES, Reaction.RESETS);
        assertVerdict(Verdict.IPS_RESET, Confidence.LOW, "(service-down)");
        seen(false, Sender.UNKNOWN, Reaction.LIVES, Reaction.LIVES, Reaction.CLOSES);
        assertVerdict(Verdict.SERVICE_DOWN, Confidence.LOW, "(ips-reset)");
        facts.handshakes.clear();
        facts.shaken(handshake(true, Optional.empty()));
        assertVerdict(Verdict.IPS_RESET, Confidence.LOW, "(service-down)");
    }
}
