package io.culvert.gateway.probe;

import io.culvert.gateway.probe.Facts.Exchange;
import io.culvert.gateway.probe.Facts.Fate;
import io.culvert.gateway.probe.Facts.Handshake;
import io.culvert.gateway.probe.Facts.Payload;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Takes the steps of a probe, on the thread that calls it, which should be a platform thread: waiting holds it in the kernel.
 *
 * <p>What is harmless comes first, RPC calls behind it, the quarantine test last: so a system that punishes the call spoils no other result. Steps
 * are told as they are taken, and given back in the order of the contract.
 */
public final class Probe {

    /** Without the quarantine test a probe ends within this. */
    static final Duration LIMIT = Duration.ofSeconds(55);

    /** No single step takes longer than what is left then. */
    private static final Duration LATE = Duration.ofSeconds(38);

    private static final Duration CONNECT_LIMIT = Duration.ofMillis(4_200);
    private static final Duration ECHO_LIMIT = Duration.ofMillis(1_000);
    private static final Duration TRACE_LIMIT = Duration.ofMillis(700);
    private static final Duration LEAST_SEARCH = Duration.ofMillis(250);
    private static final Duration QUARANTINE_LIMIT = Duration.ofSeconds(20);

    /** A quarantine may begin a little behind the call. */
    private static final Duration DEATH_LIMIT = Duration.ofSeconds(3);

    private static final int ECHOES = 8;
    private static final int MORE_ECHOES = 40;
    private static final int RESETS_EXAMINED = 2;
    private static final int EXCHANGE_PORTS = 2;

    /** Where RPC is at home, so where systems look for it most. */
    private static final List<Integer> RPC_PORTS = List.of(111, 2049, 2052, 20_048, 2051);

    private final ProbePlan plan;
    private final Steps steps;
    private final long startNanos = System.nanoTime();
    private Facts.Names names = new Facts.Names(List.of(), "");
    private String here = "";
    private boolean cut;
    private Facts.Echo echo = Facts.Echo.untested("the host has no address");
    private Optional<Facts.Route> route = Optional.empty();
    private final List<Facts.Attempt> attempts = new ArrayList<>();
    private final List<Exchange> exchanges = new ArrayList<>();
    private Optional<Facts.Portmapper> portmapper = Optional.empty();
    private Optional<Facts.Bulk> bulk = Optional.empty();
    private final List<Handshake> handshakes = new ArrayList<>();
    private Optional<Facts.Outage> outage = Optional.empty();
    private final Map<Integer, OptionalInt> hopLimits = new HashMap<>();

    private Probe(ProbePlan plan, Consumer<Step> told) {
        this.plan = plan;
        this.steps = new Steps(told);
    }

    /**
     * Probes.
     *
     * @param told of each step as it is taken
     * @throws IOException if this host lacks what it needs, such as descriptors
     */
    public static ProbeResult run(ProbePlan plan, Consumer<Step> told) throws IOException, InterruptedException {
        Probe probe = new Probe(plan, told);
        probe.run();
        return new ProbeResult(Diagnosis.of(probe.facts()), probe.steps.inOrder());
    }

    private Facts facts() {
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
                plan.refusal());
    }

    private void run() throws IOException, InterruptedException {
        Resolving.Resolved resolved = Resolving.run(plan.host());
        names = new Facts.Names(
                resolved.addresses().stream().map(InetAddress::getHostAddress).toList(), resolved.problem());
        steps.named(names, resolved.millis());
        if (resolved.addresses().isEmpty()) {
            return;
        }
        InetAddress host = resolved.addresses().getFirst();
        here = Resolving.localAddress(host).map(InetAddress::getHostAddress).orElse("");
        echo(host);
        trace(host);
        connect(host);
        List<Integer> ports = exchangePorts();
        for (int port : ports) {
            if (!isLate()) {
                exchange(host, port, Payload.BENIGN);
            }
        }
        if (!ports.isEmpty() && !isLate()) {
            bulk(host, ports.getFirst());
        }
        handshakes(host);
        plan.rates().ifPresent(steps::measured);
        if (plan.rpc() || plan.trigger()) {
            call(host, ports);
        }
    }

    private void echo(InetAddress host) throws InterruptedException {
        long sinceNanos = System.nanoTime();
        try (Pinging pinging = Pinging.open(host)) {
            echo = pinging.ping(ECHOES, ECHO_LIMIT);
            if (echo.isAlive() && echo.answered() < ECHOES) {
                echo = pinging.ping(MORE_ECHOES, ECHO_LIMIT); // for a figure that means something
            }
        } catch (IOException e) {
            echo = PingProgram.ping(host).orElse(Facts.Echo.untested(String.valueOf(e.getMessage())));
        }
        steps.pinged(echo, millisSince(sinceNanos));
    }

    private void trace(InetAddress host) throws IOException, InterruptedException {
        long sinceNanos = System.nanoTime();
        Facts.Route traced = Tracing.trace(host, Tracing.MAX_HOPS, TRACE_LIMIT);
        route = Optional.of(traced);
        steps.traced("idle", traced, millisSince(sinceNanos));
    }

    private void connect(InetAddress host) throws IOException, InterruptedException {
        List<Connecting.Order> orders = plan.ports().stream()
                .map(port -> Connecting.Order.to(port.port()))
                .toList();
        List<Connecting.Tried> tried = Connecting.all(host, orders, CONNECT_LIMIT);
        tried.forEach(Connecting.Tried::close);
        int examined = 0;
        List<Integer> open = tried.stream()
                .filter(one -> one.answer().isOpen())
                .map(one -> one.order().port())
                .toList();
        for (int i = 0; i < tried.size(); i++) {
            Answer answer = tried.get(i).answer();
            ProbePort port = plan.ports().get(i);
            if (answer instanceof Answer.Reset
                    && port.need() != ProbePort.Need.OBSERVED
                    && examined < RESETS_EXAMINED) {
                examined++;
                answer = new Answer.Reset(sender(host, port.port(), open));
            }
            Facts.Attempt attempt = new Facts.Attempt(port, answer, tried.get(i).millis());
            attempts.add(attempt);
            steps.connected(attempt);
        }
    }

    /** Who sent a port's reset, by the hops that it made. */
    private Answer.Sender sender(InetAddress host, int port, List<Integer> open)
            throws IOException, InterruptedException {
        OptionalInt its = Connecting.hopLimitOfAnswer(host, port, searchLimit());
        OptionalInt hosts = hostHopLimit(host, open);
        return its.isEmpty() || hosts.isEmpty()
                ? Answer.Sender.UNKNOWN
                : Hops.of(its.getAsInt()) < Hops.of(hosts.getAsInt())
                        ? Answer.Sender.NEARER
                        : Hops.of(its.getAsInt()) == Hops.of(hosts.getAsInt())
                                ? Answer.Sender.HOST
                                : Answer.Sender.UNKNOWN;
    }

    /** The hop limit with which what is certainly the host's comes: of an open port, else of echoes. */
    private OptionalInt hostHopLimit(InetAddress host, List<Integer> open) throws IOException, InterruptedException {
        if (open.isEmpty()) {
            return echo.hopLimit();
        }
        int port = open.getFirst();
        if (!hopLimits.containsKey(port)) {
            hopLimits.put(port, Connecting.hopLimitOfAnswer(host, port, searchLimit()));
        }
        OptionalInt found = hopLimits.getOrDefault(port, OptionalInt.empty());
        return found.isPresent() ? found : echo.hopLimit();
    }

    private Duration searchLimit() {
        double roundTrip = echo.roundTripMillis().orElse(100);
        return LEAST_SEARCH.plusMillis((long) (4 * roundTrip));
    }

    private List<Integer> open() {
        return attempts.stream()
                .filter(attempt -> attempt.answer().isOpen())
                .map(attempt -> attempt.port().port())
                .toList();
    }

    /** Ports that bytes are sent to: those of RPC first, a gateway's only if there is no other. */
    private List<Integer> exchangePorts() {
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

    private Exchange exchange(InetAddress host, int port, Payload payload) throws IOException, InterruptedException {
        long sinceNanos = System.nanoTime();
        Exchange exchange = Exchanging.run(host, port, payload);
        if (exchange.fate() == Fate.RESET && payload != Payload.BENIGN_AFTER) {
            OptionalInt hosts = hostHopLimit(host, List.of(port));
            if (hosts.isPresent()) {
                exchange = exchange.from(
                        Exchanging.isResetFromNearer(host, port, payload, hosts.getAsInt())
                                ? Answer.Sender.NEARER
                                : Answer.Sender.HOST);
            }
        }
        if (exchange.isUnanswered() && Exchanging.isReplyLost(host, port)) {
            exchange = exchange.withGap();
        }
        exchanges.add(exchange);
        steps.exchanged(exchange, millisSince(sinceNanos));
        return exchange;
    }

    private void bulk(InetAddress host, int port) throws IOException, InterruptedException {
        boolean passes = exchanges.stream().anyMatch(Exchange::passed);
        if (!passes) {
            return; // not even a few bytes get there
        }
        long sinceNanos = System.nanoTime();
        Facts.Bulk result = new Bulking(host, port).run();
        bulk = Optional.of(result);
        steps.bulked(result, millisSince(sinceNanos));
    }

    private void handshakes(InetAddress host) throws IOException, InterruptedException {
        for (Facts.Attempt attempt : List.copyOf(attempts)) {
            if (attempt.port().tls() && attempt.answer().isOpen() && !isLate()) {
                long sinceNanos = System.nanoTime();
                int port = attempt.port().port();
                Handshake handshake = Shaking.run(host, port, 0, plan.expectation());
                boolean stalled = bulk.filter(Facts.Bulk::stalled).isPresent();
                if (handshake.state() == Facts.Tls.STALLED && !stalled) {
                    handshake = inward(host, port, handshake);
                }
                handshakes.add(handshake);
                steps.shaken(handshake, millisSince(sinceNanos));
            }
        }
    }

    /** It stalled: if it comes up with small segments from there, large ones vanish on the way here. */
    private Handshake inward(InetAddress host, int port, Handshake stalled) throws IOException, InterruptedException {
        Handshake second = Shaking.run(host, port, 0, plan.expectation());
        if (second.state() == Facts.Tls.DONE) {
            return second; // it was only late
        }
        int headers = Family.of(host).headerBytes + 20;
        OptionalInt largest = OptionalInt.empty();
        Handshake best = stalled;
        for (int size : List.of(576, 1200, 1400)) {
            Handshake again = Shaking.run(host, port, size - headers, plan.expectation());
            if (again.state() != Facts.Tls.DONE) {
                break;
            }
            best = again;
            largest = OptionalInt.of(size);
        }
        if (largest.isPresent()) {
            int mtu = bulk.map(Facts.Bulk::interfaceMtu).orElse(0);
            bulk = Optional.of(new Facts.Bulk(port, mtu, true, largest, true));
            steps.bulked(bulk.get(), 0);
        }
        return best;
    }

    /** Little time is left: what would take long is left out, and told. */
    private boolean isLate() {
        boolean late = System.nanoTime() - startNanos > LATE.toNanos();
        if (late && !cut) {
            cut = true;
            steps.cut();
        }
        return late;
    }

    private void call(InetAddress host, List<Integer> ports) throws IOException, InterruptedException {
        for (int port : ports) {
            if (isLate()) {
                return;
            }
            long calledNanos = System.nanoTime();
            Exchange call = exchange(host, port, Payload.CALL);
            if (call.fate() == Fate.STUCK && watch(host, port, calledNanos, Duration.ZERO)) {
                return; // what follows would only renew it
            }
            Exchange after = exchange(host, port, Payload.BENIGN_AFTER);
            boolean suspicious = after.fate() == Fate.UNCONNECTED || after.fate() == Fate.STUCK;
            boolean asked = plan.trigger() && port == ports.getFirst();
            if ((suspicious || asked) && watch(host, port, calledNanos, DEATH_LIMIT)) {
                return;
            }
        }
        boolean known = attempts.stream()
                .filter(attempt -> attempt.port().port() == Portmapping.PORT)
                .anyMatch(attempt -> attempt.answer().isOpen() || attempt.port().need() != ProbePort.Need.OBSERVED);
        if (known) {
            long sinceNanos = System.nanoTime();
            Facts.Portmapper answer = Portmapping.ask(host);
            portmapper = Optional.of(answer);
            steps.asked(answer, millisSince(sinceNanos));
        }
    }

    /** Whether the host died for this one. */
    private boolean watch(InetAddress host, int port, long calledNanos, Duration death)
            throws IOException, InterruptedException {
        long sinceNanos = System.nanoTime();
        int other = open().stream().filter(one -> one != port).findFirst().orElse(0);
        int hops =
                route.map(idle -> idle.hops().size()).filter(size -> size > 0).orElse(1);
        Duration left = LIMIT.minus(Duration.ofNanos(System.nanoTime() - startNanos));
        Duration limit = plan.trigger() ? plan.watch() : left.compareTo(QUARANTINE_LIMIT) < 0 ? left : QUARANTINE_LIMIT;
        Optional<Pinging> pinging = echo.isAlive() ? Pinging.ifAllowed(host) : Optional.empty();
        try {
            outage = new Watching(
                            host,
                            pinging.orElse(null),
                            port,
                            other,
                            hops,
                            echo.roundTripMillis().orElse(0))
                    .run(calledNanos, death, limit);
        } finally {
            pinging.ifPresent(Pinging::close);
        }
        boolean told = outage.isPresent() || !death.isZero();
        if (told) {
            steps.watched(outage, millisSince(sinceNanos));
        }
        outage.flatMap(Facts.Outage::route).ifPresent(under -> steps.traced("under trigger", under, 0));
        return outage.isPresent();
    }

    private static long millisSince(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
    }
}
