package io.culvert.gateway.probe;

import io.culvert.gateway.probe.Facts.Handshake;
import io.culvert.gateway.probe.Facts.Tls;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What a handshake says of who is in between, and what the peer says itself. */
final class TlsDiagnosisTest {

    private static final Answer OPEN = new Answer.Open();

    private final FactsMade facts = new FactsMade();

    private void assertVerdict(Verdict verdict, Confidence confidence, String... evidence) {
        facts.assertVerdict(verdict, confidence, evidence);
    }

    @Test
    void tlsThatStallsWhereLargePacketsVanishIsTheBlackHoles() {
        facts.port(8443, OPEN).shaken(tls(Tls.STALLED, "", "", false, false));
        assertVerdict(Verdict.SERVICE_DOWN, Confidence.LOW, "(ips-payload-drop)");
        facts.bulk = Optional.of(new Facts.Bulk(8443, 1500, Facts.Packets.VANISH, OptionalInt.of(1400), false));
        assertVerdict(Verdict.MTU_BLACKHOLE, Confidence.HIGH);
    }

    @Test
    void aStrangersCertificateIsAnInterception() {
        facts.port(8443, OPEN).shaken(tls(Tls.DONE, "it is not signed by busan's CA", "", false, false));
        assertVerdict(
                Verdict.TLS_INTERCEPTION, Confidence.HIGH, "CN=Corp Inspection", "no client certificate is asked for");
        facts.handshakes.clear();
        facts.shaken(tls(Tls.REFUSED, "it is not signed by busan's CA", "", false, false));
        assertVerdict(Verdict.TLS_INTERCEPTION, Confidence.HIGH, "CN=Corp Inspection");
    }

    @Test
    void aGatewayOfAnotherCaIsNoInterception() {
        facts.port(8443, OPEN)
                .shaken(new Handshake(
                        8443,
                        Tls.DONE,
                        true,
                        "CN=Culvert CA of site busan",
                        false,
                        true,
                        "wrong-ca",
                        "h2",
                        true,
                        "TLSv1.3",
                        "",
                        Optional.empty()));
        assertVerdict(Verdict.CERTIFICATE, Confidence.HIGH, "wrong-ca", "it is a gateway all the same");
    }

    @Test
    void aCertificateOfTheRightCaThatExpiredIsACertificates() {
        facts.port(8443, OPEN)
                .shaken(new Handshake(
                        8443,
                        Tls.DONE,
                        true,
                        "CN=Culvert CA of site busan",
                        true,
                        true,
                        "expired at 1",
                        "h2",
                        true,
                        "TLSv1.3",
                        "",
                        Optional.empty()));
        assertVerdict(Verdict.CERTIFICATE, Confidence.HIGH, "expired at 1");
    }

    @Test
    void tlsWithoutH2HasLostItsAlpn() {
        facts.port(8443, OPEN)
                .shaken(new Handshake(
                        8443,
                        Tls.DONE,
                        true,
                        "CN=Culvert CA of site busan",
                        true,
                        true,
                        "",
                        "",
                        true,
                        "TLSv1.3",
                        "",
                        Optional.empty()));
        assertVerdict(Verdict.ALPN_STRIPPED, Confidence.HIGH, "no protocol");
    }

    @Test
    void tlsOfAStrangerWhomNobodyExpectedIsNotJudged() {
        facts.port(443, OPEN)
                .shaken(new Handshake(
                        443, Tls.DONE, false, "CN=R11", false, false, "", "", false, "TLSv1.3", "", Optional.empty()));
        assertVerdict(Verdict.OK, Confidence.HIGH, "nobody in particular was expected");
        facts.handshakes.clear();
        facts.shaken(new Handshake(
                443, Tls.NOT_TLS, false, "", false, false, "", "", false, "", "no TLS", Optional.empty()));
        assertVerdict(Verdict.OK, Confidence.MEDIUM, "TLS at port 443 did not come up: no TLS");
    }

    @Test
    void whereTlsWasAskedForItIsAFindingThatItDoesNotComeUpWhoeverIsThere() {
        facts.port(new ProbePort(8443, ProbePort.Need.REQUIRED, true, true), OPEN)
                .shaken(unknown(Tls.STALLED, "nothing"));
        assertVerdict(Verdict.SERVICE_DOWN, Confidence.LOW, "(ips-payload-drop)");
        facts.handshakes.clear();
        facts.shaken(unknown(Tls.NOT_TLS, "what came is not TLS"));
        assertVerdict(Verdict.SERVICE_DOWN, Confidence.MEDIUM, "not TLS");
        facts.handshakes.clear();
        facts.shaken(unknown(Tls.REFUSED, "(certificate_required) Received fatal alert: certificate_required"));
        assertVerdict(Verdict.OK, Confidence.MEDIUM, "did not come up: (certificate_required)");
    }

    private static Handshake unknown(Tls state, String why) {
        return new Handshake(8443, state, false, "", false, false, "", "", false, "", why, Optional.empty());
    }

    @Test
    void tlsThatIsCutOffIsThePeersIfAnAlertSaysSo() {
        facts.port(8443, OPEN).shaken(refused("(certificate_unknown) Received fatal alert: certificate_unknown"));
        assertVerdict(Verdict.PEER_REFUSED, Confidence.MEDIUM, "certificate_unknown");
        facts.handshakes.clear();
        facts.shaken(refused("(handshake_failure) Received fatal alert: handshake_failure"));
        assertVerdict(Verdict.SERVICE_DOWN, Confidence.LOW, "handshake_failure", "(ips-reset)");
    }

    private static Handshake refused(String why) {
        return new Handshake(8443, Tls.REFUSED, true, "", false, false, "", "", false, "", why, Optional.empty());
    }

    @Test
    void whatThePeerSaysIsBelieved() {
        facts.port(8443, OPEN);
        facts.refusal = Optional.of("refused by the peer: revoked: peer seoul was revoked");
        assertVerdict(Verdict.PEER_REFUSED, Confidence.HIGH, "was revoked");
    }

    private static Handshake tls(Tls state, String trouble, String alpn, boolean asked, boolean culvert) {
        return new Handshake(
                8443,
                state,
                true,
                trouble.isEmpty() ? "" : "CN=Corp Inspection",
                false,
                culvert,
                trouble,
                alpn,
                asked,
                "TLSv1.2",
                "",
                Optional.empty());
    }
}
