package io.culvert.gateway.probe;

import io.culvert.gateway.probe.Facts.Attempt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * What connections that do not come about say.
 *
 * <p>A port that an appliance of this kind usually has counts as one that was asked for while none of them opens; once one does, that another one
 * is refused by the host itself is as it may be, and only a filter is a finding.
 */
final class ConnectDiagnosis {

    private final Facts facts;
    private final List<Attempt> closed;

    private ConnectDiagnosis(Facts facts, List<Attempt> closed) {
        this.facts = facts;
        this.closed = closed;
    }

    static Optional<Finding> of(Facts facts) {
        boolean anyOpen = facts.attempts().stream()
                .filter(attempt -> attempt.port().need().counts())
                .anyMatch(attempt -> attempt.answer().isOpen());
        List<Attempt> closed = facts.attempts().stream()
                .filter(attempt -> !attempt.answer().isOpen() && !(attempt.answer() instanceof Answer.Untried))
                .filter(attempt -> counts(attempt, anyOpen))
                .toList();
        return closed.isEmpty() ? Optional.empty() : Optional.of(new ConnectDiagnosis(facts, closed).finding());
    }

    private static boolean counts(Attempt attempt, boolean anyOpen) {
        return switch (attempt.port().need()) {
            case REQUIRED -> true;
            case OBSERVED, IN_DOUBT -> false;
            case USUAL ->
                !anyOpen || !(attempt.answer() instanceof Answer.Reset reset) || reset.sender() == Answer.Sender.NEARER;
        };
    }

    private Finding finding() {
        List<Attempt> unrouted = with(ConnectDiagnosis::isUnrouted);
        List<Attempt> prohibited = with(ConnectDiagnosis::isProhibited);
        List<Attempt> nearer =
                with(answer -> answer instanceof Answer.Reset reset && reset.sender() == Answer.Sender.NEARER);
        List<Attempt> silent = with(answer -> answer instanceof Answer.Silent);
        List<Attempt> refused =
                with(answer -> answer instanceof Answer.Reset reset && reset.sender() != Answer.Sender.NEARER);
        if (!unrouted.isEmpty()) {
            Attempt first = unrouted.getFirst();
            return unrouted(
                    "port " + first.port().port() + ": " + first.answer().word());
        }
        if (!prohibited.isEmpty()) {
            return prohibited(prohibited);
        }
        if (!nearer.isEmpty()) {
            return blocked(
                    Verdict.FIREWALL_RST,
                    Confidence.HIGH,
                    nearer,
                    List.of("the reset for port " + ports(nearer)
                            + " made fewer hops than what comes from the host itself"));
        }
        if (silent.isEmpty()) {
            return refused(refused);
        }
        return facts.echo()
                .error()
                .filter(error -> error.local() || error.meaning() == IcmpError.Meaning.NO_ROUTE)
                .filter(error -> !Evidence.isAlive(facts))
                .map(error -> unrouted("echo requests get " + error.words() + ", and connections no answer"))
                .orElseGet(() -> silent(silent));
    }

    private List<Attempt> with(Predicate<Answer> what) {
        return closed.stream().filter(attempt -> what.test(attempt.answer())).toList();
    }

    private static boolean isUnrouted(Answer answer) {
        return answer instanceof Answer.Local local && !isForbidden(local)
                || answer instanceof Answer.Icmp icmp
                        && (icmp.error().local()
                                || icmp.error().meaning() == IcmpError.Meaning.NO_ROUTE
                                || icmp.error().meaning() == IcmpError.Meaning.HOPS_EXCEEDED);
    }

    private static boolean isForbidden(Answer.Local local) {
        return local.errno() == Errno.EPERM || local.errno() == Errno.EACCES;
    }

    private static boolean isProhibited(Answer answer) {
        return answer instanceof Answer.Local local && isForbidden(local)
                || answer instanceof Answer.Icmp && !isUnrouted(answer);
    }

    private Finding unrouted(String what) {
        return new Finding(
                Verdict.NO_ROUTE,
                Confidence.HIGH,
                sentences(what, Evidence.wayEnds(facts)),
                "Ask the network team for the route between " + Advice.pair(facts)
                        + ", in both directions; if the last hop is the host's own network, the host may be off",
                "",
                OptionalDouble.empty());
    }

    private Finding prohibited(List<Attempt> prohibited) {
        Attempt first = prohibited.getFirst();
        boolean unreachablePort = first.answer() instanceof Answer.Icmp icmp
                && icmp.error().meaning() == IcmpError.Meaning.PORT_UNREACHABLE;
        boolean here = first.answer() instanceof Answer.Local;
        return blocked(
                Verdict.ADMIN_PROHIBITED,
                Confidence.HIGH,
                prohibited,
                sentences(
                        "port " + first.port().port() + ": " + first.answer().word(),
                        unreachablePort ? "hosts refuse TCP by a reset; who sends this for TCP is a filter" : "",
                        here ? "the filter is on this host: \"nft list ruleset\"" : ""));
    }

    private Finding silent(List<Attempt> silent) {
        boolean alive = Evidence.isAlive(facts);
        List<Integer> open = Evidence.open(facts);
        List<String> evidence = new ArrayList<>(sentences(
                "port " + ports(silent) + ": no answer to any of several attempts within 4 s",
                open.isEmpty() ? "" : "port " + Advice.list(open) + " of the same host opens",
                facts.echo().isAlive() ? "the host answers echo requests" : "",
                Evidence.wayEnds(facts)));
        if (!alive) {
            evidence.add(
                    "nothing at all comes from the host: it may as well be off, or a route may be missing in the network"
                            + " (no-route); whether it answers a host in its own network would tell");
        } else {
            evidence.add(
                    "the filter may be anywhere on the path or on the host itself: tcpdump there tells whether the SYN arrives");
        }
        return blocked(Verdict.FIREWALL_DROP, alive ? Confidence.HIGH : Confidence.LOW, silent, evidence);
    }

    private Finding refused(List<Attempt> refused) {
        boolean certain = refused.stream()
                .allMatch(attempt ->
                        attempt.answer() instanceof Answer.Reset reset && reset.sender() == Answer.Sender.HOST);
        List<String> evidence = certain
                ? List.of(
                        "the reset for port " + ports(refused)
                                + " made as many hops as what comes from the host itself: it is reached, and nothing listens there")
                : List.of(
                        "port " + ports(refused) + " is refused by a reset",
                        (isComparable()
                                        ? "there was no time to compare its hops with the host's, or they were not the same each time"
                                        : "nothing comes from the host to compare its hops with")
                                + ", so it may be a firewall's (firewall-rst);"
                                + " \"ss -ltn\" on the host tells whether anything listens");
        return new Finding(
                Verdict.SERVICE_DOWN,
                certain ? Confidence.HIGH : Confidence.LOW,
                evidence,
                "Ask who runs " + facts.target() + " to start what serves port " + ports(refused)
                        + ", or to have it listen on this address (\"ss -ltn\" lists what listens)",
                "",
                OptionalDouble.empty());
    }

    /** Whether anything came from the host whose hops are or could be known. */
    private boolean isComparable() {
        return facts.echo().hopLimit().isPresent() || !Evidence.open(facts).isEmpty();
    }

    private Finding blocked(Verdict verdict, Confidence confidence, List<Attempt> blocked, List<String> evidence) {
        List<Integer> ports =
                blocked.stream().map(attempt -> attempt.port().port()).toList();
        return new Finding(
                verdict,
                confidence,
                evidence,
                Advice.permit(facts, ports),
                Advice.accept(facts, ports),
                OptionalDouble.empty());
    }

    private static String ports(List<Attempt> attempts) {
        return Advice.list(
                attempts.stream().map(attempt -> attempt.port().port()).toList());
    }

    private static List<String> sentences(String... all) {
        return List.of(all).stream().filter(text -> !text.isEmpty()).toList();
    }
}
