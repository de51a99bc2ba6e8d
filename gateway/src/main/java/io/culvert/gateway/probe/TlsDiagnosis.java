package io.culvert.gateway.probe;

import io.culvert.gateway.probe.Facts.CutOff;
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

    private Optional<Finding> finding() {
        boolean stranger = seen.expected() && !seen.trouble().isEmpty() && !seen.issuerKnown();
        if (stranger && seen.state() != Facts.Tls.DONE) {
            return Optional.of(stranger()); // whoever cut it off had shown this before
        }
        return switch (seen.state()) {
            case DONE -> seen.expected() ? judged() : strange();
            case CUT_OFF ->
                seen.cutOff()
                        .flatMap(this::cutOff)
                        .or(() -> seen.expected() ? Optional.of(endedSomehow()) : Optional.empty());
            case REFUSED -> seen.expected() ? Optional.of(refused()) : Optional.empty();
            case STALLED -> seen.expected() ? stalled() : Optional.empty();
            case NOT_TLS -> seen.expected() ? Optional.of(other()) : Optional.empty();
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

    private Finding refused() {
        String why = seen.why();
        boolean alert = why.contains("certificate") || why.contains("unknown_ca") || why.contains("access_denied");
        return alert
                ? finding(
                        Verdict.PEER_REFUSED,
                        Confidence.MEDIUM,
                        List.of("the far side ended TLS with an alert about this side's certificate: " + why),
                        "Ask the operator of the peer whether this site is enrolled there and not revoked (\"culvert peer list\")")
                : endedSomehow();
    }

    private Finding endedSomehow() {
        return unclear(
                Verdict.IPS_RESET,
                "port " + seen.port() + " opens, and TLS is cut off in its handshake: " + seen.why(),
                "it may be a system in between that does not like the handshake, or the program there (service-down);"
                        + " its log tells whether it saw one");
    }

    /**
     * Nothing came behind the ClientHello but the end. Who sent a reset is told by its hops; else by how other connections to the port fare: a system in
     * between acts on the ClientHello, a program that is no gateway on anything.
     */
    private Optional<Finding> cutOff(CutOff how) {
        String end = how.reset() ? "reset" : "closed";
        String begun = "port " + seen.port() + " opens, and the connection is " + end + " behind the ClientHello";
        if (how.sender() == Answer.Sender.NEARER) {
            return Optional.of(resetOnTheWay(how, begun));
        }
        if (!seen.expected()) {
            return Optional.empty(); // it may be anything that is no TLS
        }
        if (how.idle() == Reaction.RESETS || how.idle() == Reaction.CLOSES) {
            return Optional.of(
                    down(
                            begun,
                            "a connection in which nothing is sent "
                                    + how.idle().words()
                                    + " as well, so it is not for the ClientHello: the program there ends each, or a balancer has none behind it"));
        }
        if (how.text() == Reaction.ANSWERS_TLS) {
            return Optional.of(finding(
                    Verdict.IPS_RESET,
                    Confidence.MEDIUM,
                    List.of(
                            begun,
                            "text is answered there by an alert of TLS, so a program that speaks TLS listens, and something else ends"
                                    + " connections with a ClientHello, in its name"),
                    askBoth()));
        }
        if (how.bare() == Reaction.ANSWERS_TLS) {
            return Optional.of(unclear(
                    Verdict.IPS_RESET,
                    begun,
                    "a ClientHello that names neither server nor protocol is answered: it may be a system in between that looks for h2 or the"
                            + " name, or the program there, that serves neither (service-down); its log tells"));
        }
        Reaction same = how.reset() ? Reaction.RESETS : Reaction.CLOSES;
        if (how.text() == same) {
            return Optional.of(down(
                    begun,
                    "a connection in which text is sent " + same.words() + " as well, and one in which nothing is sent "
                            + how.idle().words() + ": so does a program that speaks no TLS"));
        }
        String alike = "a connection in which text is sent " + how.text().words() + ", one in which nothing is sent "
                + how.idle().words();
        return Optional.of(
                how.reset()
                        ? unclear(
                                Verdict.IPS_RESET,
                                begun,
                                alike
                                        + "; the reset makes as many hops as the host's, or they are not known: it may be a system in between"
                                        + " that resets in its name, or the program there (service-down); its log, or tcpdump on the host, tells")
                        : unclear(
                                Verdict.SERVICE_DOWN,
                                begun,
                                alike
                                        + "; the program there may not like the ClientHello, or a system in between ends it (ips-reset); the"
                                        + " program's log, or tcpdump on the host, tells"));
    }

    private Finding resetOnTheWay(CutOff how, String begun) {
        boolean alone = how.text() != Reaction.RESETS && how.idle() != Reaction.RESETS;
        return new Finding(
                Verdict.IPS_RESET,
                alone ? Confidence.HIGH : Confidence.MEDIUM,
                List.of(
                        begun + ", by something nearer than the host: the reset made fewer hops",
                        "a connection in which text is sent " + how.text().words() + ", one in which nothing is sent "
                                + how.idle().words()
                                + (alone
                                        ? ": so it is for the ClientHello"
                                        : ": so it is not for TLS alone, but for the port or the pair of hosts")),
                "Ask who runs the intrusion-prevention system to let TLS pass between " + Advice.pair(facts) + ", port "
                        + seen.port()
                        + ", with the time of this probe to find it in their log; \"culvert rules render\" writes the rule",
                Advice.pass(facts, seen.port()),
                OptionalDouble.empty());
    }

    private Finding down(String begun, String why) {
        return finding(
                Verdict.SERVICE_DOWN,
                Confidence.MEDIUM,
                List.of(begun, why),
                "Ask who runs " + facts.target() + " what serves port " + seen.port());
    }

    private Finding unclear(Verdict verdict, String what, String which) {
        return finding(verdict, Confidence.LOW, List.of(what, which), askBoth());
    }

    private String askBoth() {
        return "Ask who runs the intrusion-prevention system, and who runs " + facts.target()
                + ", which of them ends TLS at port " + seen.port();
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
