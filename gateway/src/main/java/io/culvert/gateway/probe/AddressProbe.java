package io.culvert.gateway.probe;

import io.culvert.gateway.probe.Facts.Exchange;
import io.culvert.gateway.probe.Facts.Fate;
import io.culvert.gateway.probe.Facts.Payload;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;

/** Probes one address of a host: takes the harmless steps, and on its own the RPC calls. For one thread at a time. */
final class AddressProbe implements Probe.Place {

    private static final Duration ECHO_LIMIT = Duration.ofMillis(1_000);
    private static final Duration TRACE_LIMIT = Duration.ofMillis(700);
    private static final int ECHOES = 8;
    private static final int MORE_ECHOES = 40;
    private static final int RESETS_EXAMINED = 2;

    /** Fewer than anybody takes for a port scan. */
    private static final int MAX_IN_DOUBT = 3;

    private final ProbePlan plan;
    private final InetAddress host;
    private final Notebook notebook;
    private final Senders senders;
    private final Shares shares;
    private final Lock searches;

    /** @param searches for sizes of packets, one address at a time */
    AddressProbe(ProbePlan plan, InetAddress host, Steps steps, Lock searches) {
        this.plan = plan;
        this.searches = searches;
        this.host = host;
        this.notebook = new Notebook(steps);
        this.senders = new Senders(host, notebook);
        this.shares = new Shares(plan.ports().size(), plan.rpc() || plan.trigger());
    }

    /** A part of the probe, which ends in time. */
    private interface Taken {
        void take(Deadline deadline) throws IOException, InterruptedException;
    }

    @Override
    public Facts facts() {
        return notebook.facts(
                plan,
                Resolving.localAddress(host).map(InetAddress::getHostAddress).orElse(""),
                new Facts.Names(List.of(host.getHostAddress()), ""));
    }

    @Override
    public void harmless(Deadline whole) throws IOException, InterruptedException {
        take(Part.PING, whole, this::echo);
        take(Part.ROUTE, whole, this::trace);
        take(Part.CONNECT, whole, this::connect);
        if (notebook.attempts.isEmpty()) {
            notebook.cut(ports(false));
        }
        List<Integer> ports = notebook.exchangePorts();
        if (!ports.isEmpty()) {
            take(Part.PAYLOAD, whole, deadline -> exchange(ports, deadline));
        }
        if (notebook.exchanges.stream().anyMatch(Exchange::passed)) { // else not even a few bytes get there
            take(Part.MTU, whole, deadline -> bulk(ports.getFirst(), deadline));
        }
        if (notebook.attempts.stream()
                .anyMatch(attempt -> attempt.port().tls() && attempt.answer().isOpen())) {
            take(Part.TLS, whole, deadline -> new Securing(host, plan.expectation(), notebook, senders).run(deadline));
        }
    }

    @Override
    public boolean call(Deadline whole, boolean trigger) throws IOException, InterruptedException {
        List<Integer> ports = notebook.exchangePorts();
        Calling calling = new Calling(host, notebook, senders, trigger ? Optional.of(plan.watch()) : Optional.empty());
        if (calling.isOfUse(ports)) {
            take(Part.CALL, whole, deadline -> calling.run(ports, deadline));
        }
        return notebook.outage.isPresent();
    }

    @Override
    public void uncalled(String why) {
        if (new Calling(host, notebook, senders, Optional.empty()).isOfUse(notebook.exchangePorts())) {
            notebook.untried(Part.CALL, "no RPC call was sent: " + why);
        }
    }

    private void take(Part part, Deadline whole, Taken taken) throws IOException, InterruptedException {
        Optional<Duration> share = shares.of(part, whole.left());
        if (share.isPresent()) {
            taken.take(whole.within(share.get()));
        } else if (part != Part.CONNECT) { // of which it is said for each port
            notebook.cut(part, part == Part.CALL ? "rpc call" : "");
        }
    }

    private void echo(Deadline deadline) throws InterruptedException {
        long sinceNanos = System.nanoTime();
        try (Pinging pinging = Pinging.open(host)) {
            Facts.Echo echo = pinging.ping(ECHOES, ECHO_LIMIT);
            boolean more = echo.isAlive() && echo.answered() < ECHOES;
            if (more && deadline.allows(Pinging.most(MORE_ECHOES, ECHO_LIMIT))) {
                echo = pinging.ping(MORE_ECHOES, ECHO_LIMIT); // for a figure that means something
            }
            notebook.echo = echo;
        } catch (IOException e) {
            Facts.Echo untested = Facts.Echo.untested(String.valueOf(e.getMessage()));
            notebook.echo = untested;
            if (deadline.allows(PingProgram.LIMIT)) {
                notebook.echo = PingProgram.ping(host).orElse(untested);
            } else {
                notebook.cut(Part.PING, "by the program ping");
            }
        }
        notebook.steps.pinged(notebook.echo, Steps.millisSince(sinceNanos));
    }

    private void trace(Deadline deadline) throws IOException, InterruptedException {
        long sinceNanos = System.nanoTime();
        Tracing.Traced trace = Tracing.trace(host, Tracing.MAX_HOPS, TRACE_LIMIT, deadline);
        Facts.Route traced = trace.route();
        notebook.route = Optional.of(traced);
        notebook.steps.traced("idle", traced, Steps.millisSince(sinceNanos));
        if (trace.isCut()) {
            notebook.cut(Part.ROUTE, "idle");
        }
    }

    private void connect(Deadline deadline) throws IOException, InterruptedException {
        connect(ports(false), deadline);
        boolean doubt = notebook.attempts.stream()
                .map(Facts.Attempt::answer)
                .anyMatch(answer -> answer instanceof Answer.Silent || answer instanceof Answer.Reset);
        if (doubt) {
            connect(ports(true).stream().limit(MAX_IN_DOUBT).toList(), deadline);
        }
        examineResets(deadline);
        notebook.attempts.stream()
                .filter(attempt -> !(attempt.answer() instanceof Answer.Untried))
                .forEach(notebook.steps::connected);
    }

    private List<ProbePort> ports(boolean inDoubt) {
        return plan.ports().stream()
                .filter(port -> inDoubt == (port.need() == ProbePort.Need.IN_DOUBT))
                .toList();
    }

    private void connect(List<ProbePort> ports, Deadline deadline) throws IOException, InterruptedException {
        for (int from = 0; from < ports.size(); from += Connecting.MAX_AT_ONCE) {
            List<ProbePort> some = ports.subList(from, Math.min(ports.size(), from + Connecting.MAX_AT_ONCE));
            if (deadline.allows(Connecting.LIMIT)) {
                List<Connecting.Order> orders = some.stream()
                        .map(port -> Connecting.Order.to(port.port()))
                        .toList();
                List<Connecting.Tried> tried = Connecting.all(host, orders, Connecting.LIMIT);
                tried.forEach(Connecting.Tried::close);
                for (int i = 0; i < some.size(); i++) {
                    notebook.attempts.add(new Facts.Attempt(
                            some.get(i), tried.get(i).answer(), tried.get(i).millis()));
                }
            } else {
                notebook.cut(some);
            }
        }
    }

    private void examineResets(Deadline deadline) throws IOException, InterruptedException {
        List<Integer> open = notebook.open();
        int examined = 0;
        for (int i = 0; i < notebook.attempts.size() && examined < RESETS_EXAMINED; i++) {
            Facts.Attempt attempt = notebook.attempts.get(i);
            if (attempt.port().need().counts() && attempt.answer() instanceof Answer.Reset) {
                examined++;
                Answer.Sender sender = senders.ofReset(attempt.port().port(), open, deadline);
                notebook.attempts.set(i, new Facts.Attempt(attempt.port(), new Answer.Reset(sender), attempt.millis()));
            }
        }
    }

    private void exchange(List<Integer> ports, Deadline deadline) throws IOException, InterruptedException {
        for (int port : ports) {
            if (!deadline.allows(Exchanging.most(Payload.BENIGN))) {
                notebook.cut(Part.PAYLOAD, "port " + port);
                continue;
            }
            long sinceNanos = System.nanoTime();
            Exchange exchange = Exchanging.run(host, port, Payload.BENIGN);
            if (exchange.fate() == Fate.RESET) {
                exchange = exchange.from(senders.ofResetBy(port, Payloads.benign(Payloads.CALL_BYTES), deadline));
            }
            notebook.exchanges.add(exchange);
            notebook.steps.exchanged(exchange, Steps.millisSince(sinceNanos));
        }
    }

    private void bulk(int port, Deadline deadline) throws IOException, InterruptedException {
        long sinceNanos = System.nanoTime();
        notebook.bulk = new Bulking(host, port, searches).run(deadline);
        notebook.bulk.ifPresentOrElse(
                found -> notebook.steps.bulked(found, Steps.millisSince(sinceNanos)),
                () -> notebook.cut(Part.MTU, "port " + port + ", where full packets were not acknowledged once"));
    }
}
