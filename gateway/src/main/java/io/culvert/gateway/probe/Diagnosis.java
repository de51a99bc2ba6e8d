package io.culvert.gateway.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * Says from the facts which layer blocks: a pure function.
 *
 * <p>Each layer is judged on its own, in the order in which one hides the next: names, connections, what RPC does, large packets, TLS, the peer's
 * own word, loss. The first that finds something gives the verdict; what others found is in its evidence behind it.
 */
final class Diagnosis {

    /** Loss above this, of at least {@link #ENOUGH} echoes or as TCP counted it, is named. */
    static final double LOSS_PERCENT = 5;

    static final int ENOUGH = 30;

    private static final List<Function<Facts, Optional<Finding>>> LAYERS = List.of(
            Diagnosis::names,
            ConnectDiagnosis::of,
            PayloadDiagnosis::of,
            Diagnosis::mtu,
            TlsDiagnosis::of,
            Diagnosis::refusal,
            PayloadDiagnosis::datagrams,
            Diagnosis::slow);

    /** Those that say nothing of an address. */
    private static final List<Function<Facts, Optional<Finding>>> OF_PEER =
            List.of(Diagnosis::refusal, Diagnosis::slow);

    private Diagnosis() {}

    /** What follows from what is known of the peer as a whole; nothing if that is no trouble. */
    static Optional<Finding> ofPeer(Facts facts) {
        return OF_PEER.stream().flatMap(layer -> layer.apply(facts).stream()).findFirst();
    }

    static Finding of(Facts facts) {
        List<Finding> found =
                LAYERS.stream().flatMap(layer -> layer.apply(facts).stream()).toList();
        if (found.isEmpty()) {
            return unsure(
                    facts,
                    new Finding(Verdict.OK, Confidence.HIGH, Evidence.ofHealth(facts), "", "", OptionalDouble.empty()));
        }
        Finding first = found.getFirst();
        List<String> evidence = new ArrayList<>(first.evidence());
        found.stream()
                .skip(1)
                .forEach(other -> evidence.add("also " + other.verdict().word() + ": "
                        + other.evidence().getFirst()));
        return unsure(
                facts,
                new Finding(
                        first.verdict(),
                        first.confidence(),
                        evidence,
                        first.ask(),
                        first.rule(),
                        first.quarantineSeconds()));
    }

    /** Why nothing that was found says nothing: a clause; empty if it says something. */
    static Optional<String> untested(Facts facts) {
        List<Integer> untried = facts.attempts().stream()
                .filter(attempt -> attempt.answer() instanceof Answer.Untried)
                .map(Facts.Attempt::port)
                .filter(port -> port.need().counts())
                .map(ProbePort::port)
                .toList();
        if (!untried.isEmpty()) {
            return Optional.of("there was no time to connect to port " + Advice.list(untried));
        }
        boolean tls = facts.attempts().stream()
                .filter(attempt -> attempt.port().need() == ProbePort.Need.REQUIRED)
                .anyMatch(attempt -> attempt.port().tls() && attempt.answer().isOpen());
        return tls && facts.handshakes().isEmpty()
                ? Optional.of("there was no time for TLS at any port")
                : Optional.empty();
    }

    /** What was left out, for want of time or for another reason, may have told more. */
    private static Finding unsure(Facts facts, Finding finding) {
        Facts.Gaps gaps = Evidence.gaps(facts);
        if (gaps.isNone()) {
            return finding;
        }
        List<String> evidence = new ArrayList<>(finding.evidence());
        evidence.addAll(gaps.doubts());
        if (!gaps.cut().isEmpty()) {
            evidence.add(
                    "there was no time for all of it; not tested, or not to its end: " + String.join("; ", gaps.cut()));
        }
        return new Finding(
                finding.verdict(),
                finding.confidence() == Confidence.HIGH ? Confidence.MEDIUM : finding.confidence(),
                evidence,
                finding.ask(),
                finding.rule(),
                finding.quarantineSeconds());
    }

    private static Optional<Finding> names(Facts facts) {
        boolean hurried = !facts.gaps().cut().isEmpty();
        return facts.names().addresses().isEmpty()
                ? Optional.of(new Finding(
                        Verdict.DNS,
                        hurried ? Confidence.LOW : Confidence.HIGH,
                        hurried
                                ? List.of(
                                        facts.names().problem(),
                                        "that is less than a name service may take, which may be slow and no more (slow-path);"
                                                + " \"getent hosts " + facts.target() + "\" tells")
                                : List.of(facts.names().problem()),
                        "Ask who runs the name service for an address of " + facts.target()
                                + ", or name the host by its address",
                        "",
                        OptionalDouble.empty()))
                : Optional.empty();
    }

    private static Optional<Finding> mtu(Facts facts) {
        return facts.bulk().filter(Facts.Bulk::stalled).map(bulk -> {
            int largest = bulk.largestBytes().orElse(0);
            boolean six = facts.names().addresses().getFirst().contains(":");
            int segment = largest - (six ? 60 : 40); // without the headers of IP and TCP
            String which = bulk.inward() ? "on the way here" : "on the way there";
            return new Finding(
                    Verdict.MTU_BLACKHOLE,
                    bulk.inward() ? Confidence.MEDIUM : Confidence.HIGH,
                    List.of(
                            "packets above " + largest + " bytes vanish " + which + ", smaller ones pass (port "
                                    + bulk.port() + ")",
                            "this host takes " + bulk.interfaceMtu()
                                    + " bytes for what the path carries, and no ICMP \"fragmentation needed\" tells it better"),
                    "Ask the network team to let ICMP \"fragmentation needed\" (type 3, code 4; of IPv6 \"packet too big\") pass, or to"
                            + " clamp the MSS to " + segment + " where the path becomes narrow",
                    "tcp flags syn tcp option maxseg size set " + segment,
                    OptionalDouble.empty());
        });
    }

    private static Optional<Finding> refusal(Facts facts) {
        return facts.refusal()
                .map(why -> new Finding(
                        Verdict.PEER_REFUSED,
                        Confidence.HIGH,
                        List.of(why),
                        "Ask the operator of the peer to look at \"culvert peer list\" there, and enrol the two sites anew if"
                                + " need be",
                        "",
                        OptionalDouble.empty()));
    }

    private static Optional<Finding> slow(Facts facts) {
        List<String> evidence = new ArrayList<>();
        facts.rates().ifPresent(rates -> {
            if (rates.lossPercent() > LOSS_PERCENT) {
                evidence.add(Steps.decimal(rates.lossPercent()) + " % of what the stream sent had to be sent again");
            }
            double slower = Math.min(rates.sentPerSecond(), rates.receivedPerSecond());
            if (slower < ProbePlan.SLOW_BYTES_PER_SECOND) {
                evidence.add("the stream carries " + Math.round(slower / 1000)
                        + " kB/s in one direction, beside what else it carries");
            }
        });
        boolean measured = !evidence.isEmpty();
        boolean lossy = facts.rates()
                .filter(rates -> rates.lossPercent() > LOSS_PERCENT)
                .isPresent();
        Facts.Echo echo = facts.echo();
        double lost = echo.sent() == 0 ? 0 : 100.0 * (echo.sent() - echo.answered()) / echo.sent();
        boolean tcpLoses = facts.attempts().stream()
                        .anyMatch(attempt -> attempt.answer().isOpen() && attempt.millis() >= 900)
                || facts.exchanges().stream().anyMatch(exchange -> exchange.retransmitted() > 0 && exchange.passed());
        if (echo.sent() >= ENOUGH && echo.isAlive() && lost > LOSS_PERCENT) {
            evidence.add(Math.round(lost) + " % of " + echo.sent() + " echo requests got no answer"
                    + (tcpLoses ? ", and TCP had to send again" : ""));
        }
        boolean enough = measured || tcpLoses && !evidence.isEmpty();
        return enough
                ? Optional.of(new Finding(
                        Verdict.SLOW_PATH,
                        lossy ? Confidence.HIGH : Confidence.MEDIUM,
                        evidence,
                        "Ask the network team for loss and load on the path between " + Advice.pair(facts)
                                + ": a duplex mismatch, a policer or a full line",
                        "",
                        OptionalDouble.empty()))
                : Optional.empty();
    }
}
