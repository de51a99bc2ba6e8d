package io.culvert.gateway.probe;

import io.culvert.gateway.probe.Facts.Handshake;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What a TLS handshake says of who is in between. A gateway asks for a client certificate, speaks h2, and has a certificate of its site's CA. */
final class TlsDiagnosis {

    private final Facts facts;
    private final Handshake seen;

    private TlsDiagnosis(Facts facts, Handshake seen) {
        this.facts = facts;
        this.seen = seen;
    }

    static Optional<Finding> of(Facts facts) {
        return facts.handshakes().stream()
                .flatMap(seen -> new TlsDiagnosis(facts, seen).finding().stream())
                .findFirst();
    }

    /** Handshakes that did not come about, though that is no finding: a sentence each. */
    static List<String> doubts(Facts facts) {
        boolean explained = facts.bulk().filter(Facts.Bulk::stalled).isPresent();
        return facts.handshakes().stream()
                .filter(seen -> seen.state() != Facts.Tls.DONE && !explained)
                .filter(seen -> new TlsDiagnosis(facts, seen).finding().isEmpty())
                .map(seen -> "TLS at port " + seen.port() + " did not come up: " + seen.why())
                .toList();
    }

    /** Whether it is a finding that TLS does not come up there. */
    static boolean isAwaited(Facts facts, Handshake seen) {
        return seen.expected()
                || facts.attempts().stream()
                        .map(Facts.Attempt::port)
                        .anyMatch(port -> port.port() == seen.port() && port.mustSecure());
    }

    private Optional<Finding> finding() {
        boolean stranger = seen.expected() && !seen.trouble().isEmpty() && !seen.issuerKnown();
        if (stranger && seen.state() != Facts.Tls.DONE) {
            return Optional.of(stranger()); // whoever cut it off had shown this before
        }
        boolean awaited = isAwaited(facts, seen);
        return switch (seen.state()) {
            case DONE -> seen.expected() ? judged() : strange();
            case CUT_OFF -> new CutOffDiagnosis(facts, seen).finding();
            case REFUSED -> awaited ? refused() : Optional.empty();
            case STALLED -> awaited ? stalled() : Optional.empty();
            case NOT_TLS -> awaited ? Optional.of(other()) : Optional.empty();
        };
    }

    private Optional<Finding> judged() {
        if (seen.trouble().isEmpty()) {
            return seen.alpn().equals("h2") ? Optional.empty() : Optional.of(stripped(Confidence.HIGH));
        }
        if (seen.issuerKnown()) {
            return Optional.of(certificate(Confidence.HIGH, List.of(seen.trouble())));
        }
        return Optional.of(stranger());
    }

    private Finding stranger() {
        List<String> signs = signs();
        if (signs.isEmpty()) {
            return certificate(
                    Confidence.HIGH,
                    List.of(
                            seen.trouble(),
                            "it is a gateway all the same: it asks for a client certificate, speaks h2, and a site's CA issued it"));
        }
        List<String> evidence = new ArrayList<>();
        evidence.add("the certificate at port " + seen.port() + " is issued by \"" + seen.issuer()
                + "\", not by the CA that is expected");
        evidence.addAll(signs);
        return intercepted(signs.size() > 1 ? Confidence.HIGH : Confidence.MEDIUM, evidence);
    }

    /** What a gateway does not do. */
    private List<String> signs() {
        List<String> signs = new ArrayList<>();
        if (!seen.culvertIssuer()) {
            signs.add("it is no CA of a site of Culvert at all");
        }
        if (!seen.certificateAsked()) {
            signs.add("no client certificate is asked for, as a gateway does");
        }
        if (seen.state() == Facts.Tls.DONE && !seen.alpn().equals("h2")) {
            signs.add("the protocol h2 is not negotiated");
        }
        if (seen.state() == Facts.Tls.DONE && !seen.version().equals("TLSv1.3")) {
            signs.add("it speaks " + seen.version() + ", and a gateway TLSv1.3 only");
        }
        return signs;
    }

    /** Nobody in particular was expected: only what contradicts itself is a finding. */
    private Optional<Finding> strange() {
        boolean contradicts = seen.culvertIssuer() && !seen.alpn().equals("h2");
        return contradicts ? Optional.of(stripped(Confidence.MEDIUM)) : Optional.empty();
    }

    private Finding stripped(Confidence confidence) {
        return finding(
                Verdict.ALPN_STRIPPED,
                confidence,
                List.of(
                        "TLS at port " + seen.port() + " comes up with "
                                + (seen.alpn().isEmpty() ? "no protocol" : "the protocol " + seen.alpn())
                                + " negotiated where h2 was offered, which a gateway always takes",
                        "the certificate is as it should be, so a middlebox that has the key or changes the handshake is in between, or"
                                + " another program than a gateway has the certificate"),
                "Ask who runs TLS inspection to leave ALPN alone (PAN-OS: no \"Strip ALPN\"; FortiOS: supported-alpn all), or better not"
                        + " to decrypt between " + Advice.pair(facts));
    }

    private Finding certificate(Confidence confidence, List<String> evidence) {
        return finding(
                Verdict.CERTIFICATE,
                confidence,
                evidence,
                "Ask the operator of the far side about its certificate, and compare CA fingerprints (\"culvert peer list\"); clocks must"
                        + " agree");
    }

    private Finding intercepted(Confidence confidence, List<String> evidence) {
        return finding(
                Verdict.TLS_INTERCEPTION,
                confidence,
                evidence,
                "Ask who runs TLS inspection to exempt " + Advice.pair(facts) + ", port " + seen.port()
                        + ", from decryption: mutual TLS cannot be signed anew; \"culvert rules render\" writes the bypass");
    }

    private Optional<Finding> refused() {
        String why = seen.why();
        boolean alert = why.contains("certificate") || why.contains("unknown_ca") || why.contains("access_denied");
        if (alert && !seen.expected()) {
            return Optional.empty(); // it speaks TLS, and the probe has no certificate for it
        }
        return Optional.of(
                alert
                        ? finding(
                                Verdict.PEER_REFUSED,
                                Confidence.MEDIUM,
                                List.of("the far side ended TLS with an alert about this side's certificate: " + why),
                                "Ask the operator of the peer whether this site is enrolled there and not revoked (\"culvert peer list\")")
                        : ended());
    }

    /** Something had come from there before, an alert or the begin of a handshake, so somebody there speaks TLS. */
    private Finding ended() {
        return finding(
                Verdict.SERVICE_DOWN,
                Confidence.LOW,
                List.of(
                        "port " + seen.port() + " opens, and what answers there ends TLS in its handshake: "
                                + seen.why(),
                        "it may be the program there, or a system in between that ends it in its name (ips-reset); its log tells whether"
                                + " it saw the handshake"),
                "Ask who runs " + facts.target() + " what serves port " + seen.port()
                        + ", and who runs the intrusion-prevention system whether it ends TLS there");
    }

    private Optional<Finding> stalled() {
        if (facts.bulk().filter(Facts.Bulk::stalled).isPresent()) {
            return Optional.empty(); // large packets vanish: that explains it
        }
        return Optional.of(finding(
                Verdict.SERVICE_DOWN,
                Confidence.LOW,
                List.of(
                        "port " + seen.port() + " opens, and TLS gets no answer: " + seen.why(),
                        "the program there may hang, or a system in between swallows TLS (ips-payload-drop); tcpdump on the host tells"
                                + " whether a ClientHello arrives"),
                "Ask who runs " + facts.target() + " whether the gateway there works (\"culvert status\")"));
    }

    private Finding other() {
        return finding(
                Verdict.SERVICE_DOWN,
                Confidence.MEDIUM,
                List.of("port " + seen.port() + " opens, and what is there is no gateway: " + seen.why()),
                "Ask who runs " + facts.target() + " what serves port " + seen.port());
    }

    private static Finding finding(Verdict verdict, Confidence confidence, List<String> evidence, String ask) {
        return new Finding(verdict, confidence, evidence, ask, "", OptionalDouble.empty());
    }
}
