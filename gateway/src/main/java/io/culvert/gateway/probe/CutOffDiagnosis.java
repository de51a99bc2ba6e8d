package io.culvert.gateway.probe;

import io.culvert.gateway.probe.Facts.CutOff;
import io.culvert.gateway.probe.Facts.Handshake;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a connection that ends behind the ClientHello says. Who sent a reset is told by its hops; else by how other connections to the port fare: a
 * system in between acts on the ClientHello, a program that is no gateway on anything.
 */
final class CutOffDiagnosis {

    private final Facts facts;
    private final Handshake seen;

    CutOffDiagnosis(Facts facts, Handshake seen) {
        this.facts = facts;
        this.seen = seen;
    }

    Optional<Finding> finding() {
        if (seen.cutOff().filter(how -> how.sender() == Answer.Sender.NEARER).isPresent()) {
            return seen.cutOff().map(this::resetOnTheWay);
        }
        return TlsDiagnosis.isAwaited(facts, seen)
                ? Optional.of(seen.cutOff().map(this::byHowOthersFare).orElseGet(this::somehow))
                : Optional.empty(); // it may be anything that is no TLS
    }

    /** Nothing is known but that it ended. */
    Finding somehow() {
        return unclear(
                Verdict.IPS_RESET,
                "port " + seen.port() + " opens, and TLS is cut off in its handshake: " + seen.why(),
                "it may be a system in between that does not like the handshake, or the program there (service-down);"
                        + " its log tells whether it saw one");
    }

    private Finding byHowOthersFare(CutOff how) {
        if (how.idle() == Reaction.RESETS || how.idle() == Reaction.CLOSES) {
            return down(
                    how,
                    "a connection in which nothing is sent " + how.idle().words()
                            + " as well, so it is not for the ClientHello: the program there ends each, or a balancer has none behind it");
        }
        if (how.text() == Reaction.ANSWERS_TLS) {
            return new Finding(
                    Verdict.IPS_RESET,
                    Confidence.MEDIUM,
                    List.of(
                            begun(how),
                            "text is answered there by an alert of TLS, so a program that speaks TLS listens, and something else ends"
                                    + " connections with a ClientHello, in its name"),
                    askBoth(),
                    "",
                    OptionalDouble.empty());
        }
        if (how.bare() == Reaction.ANSWERS_TLS) {
            return unclear(
                    Verdict.IPS_RESET,
                    begun(how),
                    "a ClientHello that names neither server nor protocol is answered: it may be a system in between that looks for h2 or the"
                            + " name, or the program there, that serves neither (service-down); its log tells");
        }
        return how.reset() && how.text() == Reaction.RESETS // a gateway, too, closes on text without an alert
                ? down(
                        how,
                        "a connection in which text is sent " + how.text().words()
                                + " as well, and one in which nothing is sent "
                                + how.idle().words() + ": so does a program that speaks no TLS")
                : either(how);
    }

    private Finding either(CutOff how) {
        return how.reset()
                ? unclear(
                        Verdict.IPS_RESET,
                        begun(how),
                        others(how)
                                + "; the reset makes as many hops as the host's, or they are not known: it may be a system in between that"
                                + " resets in its name, or the program there (service-down); its log, or tcpdump on the host, tells")
                : unclear(
                        Verdict.SERVICE_DOWN,
                        begun(how),
                        others(how)
                                + "; the program there may not like the ClientHello, or a system in between ends it (ips-reset); the"
                                + " program's log, or tcpdump on the host, tells");
    }

    private Finding resetOnTheWay(CutOff how) {
        boolean known = how.text().isKnown() && how.idle().isKnown();
        boolean alike = how.text() == Reaction.RESETS || how.idle() == Reaction.RESETS;
        String which = alike
                ? ": so it is not for TLS alone, but for the port or the pair of hosts"
                : known
                        ? ": so it is for the ClientHello"
                        : ": so whether it is for the ClientHello alone is not clear";
        return new Finding(
                Verdict.IPS_RESET,
                known && !alike ? Confidence.HIGH : Confidence.MEDIUM,
                List.of(
                        begun(how) + ", by something nearer than the host: the reset made fewer hops",
                        others(how) + which),
                "Ask who runs the intrusion-prevention system to let TLS pass between " + Advice.pair(facts) + ", port "
                        + seen.port()
                        + ", with the time of this probe to find it in their log; \"culvert rules render\" writes the rule",
                Advice.pass(facts, seen.port()),
                OptionalDouble.empty());
    }

    private String begun(CutOff how) {
        return "port " + seen.port() + " opens, and the connection is " + (how.reset() ? "reset" : "closed")
                + " behind the ClientHello";
    }

    private static String others(CutOff how) {
        return "a connection in which text is sent " + how.text().words() + ", one in which nothing is sent "
                + how.idle().words();
    }

    private Finding down(CutOff how, String why) {
        return new Finding(
                Verdict.SERVICE_DOWN,
                Confidence.MEDIUM,
                List.of(begun(how), why),
                "Ask who runs " + facts.target() + " what serves port " + seen.port(),
                "",
                OptionalDouble.empty());
    }

    private Finding unclear(Verdict verdict, String what, String which) {
        return new Finding(verdict, Confidence.LOW, List.of(what, which), askBoth(), "", OptionalDouble.empty());
    }

    private String askBoth() {
        return "Ask who runs the intrusion-prevention system, and who runs " + facts.target()
                + ", which of them ends TLS at port " + seen.port();
    }
}
