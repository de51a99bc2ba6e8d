package io.culvert.gateway.probe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What the steps of a probe of one address have found so far, for the steps behind them and for the verdict. For one thread at a time. */
final class Notebook {

    /** Where RPC is at home, so where systems look for it most. */
    private static final List<Integer> RPC_PORTS = List.of(111, 2049, 2052, 20_048, 2051);

    private static final int EXCHANGE_PORTS = 2;

    final Steps steps;
    Facts.Echo echo = Facts.Echo.untested("there was no time for it");
    Optional<Facts.Route> route = Optional.empty();
    final List<Facts.Attempt> attempts = new ArrayList<>();
    final List<Facts.Exchange> exchanges = new ArrayList<>();
    Optional<Facts.Portmapper> portmapper = Optional.empty();
    Optional<Facts.Bulk> bulk = Optional.empty();
    final List<Facts.Handshake> handshakes = new ArrayList<>();
    Optional<Facts.Outage> outage = Optional.empty();
    private final List<String> cut = new ArrayList<>();
    private final List<String> doubts = new ArrayList<>();

    Notebook(Steps steps) {
        this.steps = steps;
    }

    /** There was no time for something. @param target as in {@link Step#target} */
    void cut(Part part, String target) {
        cut.add(target.isEmpty() ? part.step : part.step + " at " + target);
        steps.cut(part, target);
    }

    /** There was no time to try these ports. */
    void cut(List<ProbePort> ports) {
        cut(Part.CONNECT, ports.size() + " ports from " + ports.getFirst().port() + " on");
        ports.forEach(port -> attempts.add(new Facts.Attempt(port, new Answer.Untried(), 0)));
    }

    /** Something is not clear. @param what a sentence */
    void doubt(String what) {
        doubts.add(what);
    }

    /** Something was not tried, for another reason. @param what a clause that says it all */
    void untried(Part part, String what) {
        doubts.add(what);
        steps.untried(part, what);
    }

    List<Integer> open() {
        return attempts.stream()
                .filter(attempt -> attempt.answer().isOpen())
                .map(attempt -> attempt.port().port())
                .toList();
    }

    /** Ports that bytes are sent to: those of RPC first, a gateway's only if there is no other. */
    List<Integer> exchangePorts() {
        List<ProbePort> open = attempts.stream()
                .filter(attempt -> attempt.answer().isOpen())
                .map(Facts.Attempt::port)
                .sorted(Comparator.comparingInt(port -> rank(port.port())))
                .toList();
        List<Integer> clear = open.stream()
                .filter(port -> !port.tls())
                .map(ProbePort::port)
                .limit(EXCHANGE_PORTS)
                .toList();
        return clear.isEmpty() ? open.stream().map(ProbePort::port).limit(1).toList() : clear;
    }

    private static int rank(int port) {
        int at = RPC_PORTS.indexOf(port);
        return at < 0 ? RPC_PORTS.size() : at;
    }

    Facts facts(ProbePlan plan, String here, Facts.Names names) {
        return new Facts(
                plan.host(),
                here,
                names,
                echo,
                route,
                attempts,
                exchanges,
                portmapper,
                bulk,
                handshakes,
                plan.rates()
                        .map(rates -> new Facts.Rates(
                                rates.sentPerSecond(),
                                rates.receivedPerSecond(),
                                Math.max(rates.sentLossPercent(), rates.receivedLossPercent()),
                                rates.roundTripMillis())),
                outage,
                plan.refusal(),
                new Facts.Gaps(cut, doubts));
    }
}
