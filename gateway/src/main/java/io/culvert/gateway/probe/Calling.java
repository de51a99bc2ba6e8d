package io.culvert.gateway.probe;

import io.culvert.gateway.probe.Facts.Exchange;
import io.culvert.gateway.probe.Facts.Fate;
import io.culvert.gateway.probe.Facts.Payload;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Sends RPC calls to an address, as many other bytes behind each, and watches what dies of it. */
final class Calling {

    private static final Duration QUARANTINE_LIMIT = Duration.ofSeconds(20);

    /** A quarantine may begin a little behind the call. */
    private static final Duration DEATH_LIMIT = Duration.ofSeconds(3);

    private final InetAddress host;
    private final Notebook notebook;
    private final Senders senders;
    private final Optional<Duration> trigger;

    /** @param trigger a quarantine is provoked, and watched for so long */
    Calling(InetAddress host, Notebook notebook, Senders senders, Optional<Duration> trigger) {
        this.host = host;
        this.notebook = notebook;
        this.senders = senders;
        this.trigger = trigger;
    }

    /** Whether there is anything to send a call to. */
    boolean isOfUse(List<Integer> ports) {
        return !ports.isEmpty() || isPortmapperKnown();
    }

    private boolean isPortmapperKnown() {
        return notebook.attempts.stream()
                .filter(attempt -> attempt.port().port() == Portmapping.PORT)
                .anyMatch(attempt ->
                        attempt.answer().isOpen() || attempt.port().need().counts());
    }

    void run(List<Integer> ports, Deadline deadline) throws IOException, InterruptedException {
        for (int port : ports) {
            boolean asked = trigger.isPresent() && port == ports.getFirst();
            if (!deadline.allows(Exchanging.most(Payload.CALL))) {
                notebook.cut(Part.CALL, "port " + port + ", rpc call");
            } else if (isLostBehindCall(port, asked, deadline)) {
                return; // what follows would only renew it
            }
        }
        if (!isPortmapperKnown()) {
            return;
        }
        if (!deadline.allows(Portmapping.MOST)) {
            notebook.cut(Part.CALL, "port " + Portmapping.PORT + ", rpc call by UDP");
            return;
        }
        long sinceNanos = System.nanoTime();
        Facts.Portmapper answer = Portmapping.ask(host);
        notebook.portmapper = Optional.of(answer);
        notebook.steps.asked(answer, Steps.millisSince(sinceNanos));
    }

    private boolean isLostBehindCall(int port, boolean asked, Deadline deadline)
            throws IOException, InterruptedException {
        long calledNanos = System.nanoTime();
        Exchange call = call(port, deadline);
        if (call.fate() == Fate.UNCONNECTED) {
            return false; // none was sent, so nothing that is dead now died of it
        }
        if (call.fate() == Fate.STUCK && watch(port, calledNanos, Duration.ZERO, deadline)) {
            return true;
        }
        if (!deadline.allows(Exchanging.most(Payload.BENIGN_AFTER))) {
            notebook.cut(Part.PAYLOAD, "port " + port + ", text after the call");
            return asked && watch(port, calledNanos, DEATH_LIMIT, deadline); // which has time of its own
        }
        Exchange after = exchange(port, Payload.BENIGN_AFTER);
        boolean suspicious = after.fate() == Fate.UNCONNECTED || after.fate() == Fate.STUCK;
        return (suspicious || asked) && watch(port, calledNanos, DEATH_LIMIT, deadline);
    }

    private Exchange call(int port, Deadline deadline) throws IOException, InterruptedException {
        long sinceNanos = System.nanoTime();
        Exchange call = Exchanging.run(host, port, Payload.CALL);
        if (call.fate() == Fate.RESET) {
            call = call.from(senders.ofResetBy(port, Payloads.call(), deadline));
        }
        boolean inDoubt = call.isUnanswered();
        boolean time = deadline.allows(Exchanging.REPLY_LOST_MOST);
        if (inDoubt && time && Exchanging.isReplyLost(host, port)) {
            call = call.withGap();
        }
        notebook.exchanges.add(call);
        notebook.steps.exchanged(call, Steps.millisSince(sinceNanos));
        if (inDoubt && !time) {
            notebook.cut(Part.CALL, "port " + port + ", reply to the call");
        }
        return call;
    }

    private Exchange exchange(int port, Payload payload) throws IOException, InterruptedException {
        long sinceNanos = System.nanoTime();
        Exchange exchange = Exchanging.run(host, port, payload);
        notebook.exchanges.add(exchange);
        notebook.steps.exchanged(exchange, Steps.millisSince(sinceNanos));
        return exchange;
    }

    /** Whether the host died for this one. */
    private boolean watch(int port, long calledNanos, Duration death, Deadline deadline)
            throws IOException, InterruptedException {
        long sinceNanos = System.nanoTime();
        int other =
                notebook.open().stream().filter(one -> one != port).findFirst().orElse(0);
        int hops = notebook.route
                .map(idle -> idle.hops().size())
                .filter(size -> size > 0)
                .orElse(1);
        Deadline limit = trigger.map(time -> Deadline.in(System::nanoTime, time.plus(death)))
                .orElseGet(() -> deadline.within(QUARANTINE_LIMIT));
        Optional<Pinging> pinging = notebook.echo.isAlive() ? Pinging.ifAllowed(host) : Optional.empty();
        Optional<Facts.Outage> outage;
        try {
            Watching watching = new Watching(
                    host,
                    pinging.orElse(null),
                    port,
                    other,
                    hops,
                    notebook.echo.roundTripMillis().orElse(0));
            if (!limit.allows(watching.least())) {
                notebook.cut(Part.CALL, "port " + port + ", quarantine");
                return false;
            }
            outage = watching.run(calledNanos, death, limit);
        } finally {
            pinging.ifPresent(Pinging::close);
        }
        notebook.outage = outage;
        boolean told = outage.isPresent() || !death.isZero();
        if (told) {
            notebook.steps.watched(outage, Steps.millisSince(sinceNanos));
        }
        outage.flatMap(Facts.Outage::route).ifPresent(under -> notebook.steps.traced("under trigger", under, 0));
        return outage.isPresent();
    }
}
