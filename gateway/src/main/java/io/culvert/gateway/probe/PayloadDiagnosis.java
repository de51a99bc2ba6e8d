package io.culvert.gateway.probe;

import io.culvert.gateway.probe.Facts.Exchange;
import io.culvert.gateway.probe.Facts.Fate;
import io.culvert.gateway.probe.Facts.FollowUp;
import io.culvert.gateway.probe.Facts.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** What becomes of an RPC call beside as many other bytes before and after it, at one port; and of one in a datagram. */
final class PayloadDiagnosis {

    /** Programs there answer every call that they can read. */
    private static final Set<Integer> RPC_PORTS = Set.of(111, 2049, 2052, 20_048);

    private final Facts facts;
    private final int port;
    private final Exchange benign;

    private PayloadDiagnosis(Facts facts, Exchange benign) {
        this.facts = facts;
        this.port = benign.port();
        this.benign = benign;
    }

    /** The finding at the first port that has one. */
    static Optional<Finding> of(Facts facts) {
        return facts.exchanges().stream()
                .filter(exchange -> exchange.payload() == Payload.BENIGN)
                .flatMap(benign -> new PayloadDiagnosis(facts, benign).finding().stream())
                .findFirst();
    }

    /** What a call by UDP that gets no answer says, where one by TCP got one. */
    static Optional<Finding> datagrams(Facts facts) {
        boolean tcpAnswers = facts.exchanges().stream()
                .anyMatch(exchange -> exchange.payload() == Payload.CALL
                        && exchange.port() == Portmapping.PORT
                        && exchange.answerBytes() > 0);
        boolean silent =
                facts.portmapper().filter(Facts.Portmapper.SILENT::equals).isPresent();
        // who sends no errors here would not say either that nothing listens
        boolean tells = facts.route().filter(Facts.Route::arrived).isPresent();
        return tcpAnswers && silent && tells
                ? Optional.of(new Finding(
                        Verdict.FIREWALL_DROP,
                        Confidence.LOW,
                        List.of(
                                "the portmapper answers by TCP and not by UDP (port 111), to none of three calls",
                                "it may also be an intrusion-prevention system that drops such calls by UDP alone (ips-payload-drop);"
                                        + " other datagrams to the port, seen by tcpdump on the host, would tell"),
                        "Ask the firewall team to permit UDP port 111 between " + Advice.pair(facts)
                                + ", if clients need it: the relay answers UDP by itself",
                        Advice.accept(facts, List.of(Portmapping.PORT)).replace("tcp dport", "udp dport"),
                        OptionalDouble.empty()))
                : Optional.empty();
    }

    private Optional<Exchange> exchange(Payload payload) {
        return facts.exchanges().stream()
                .filter(exchange -> exchange.port() == port && exchange.payload() == payload)
                .findFirst();
    }

    private Optional<Finding> finding() {
        Optional<Finding> dead = dead();
        if (dead.isPresent()) {
            return dead;
        }
        Optional<Exchange> call = exchange(Payload.CALL);
        Optional<Exchange> after = exchange(Payload.BENIGN_AFTER);
        if (call.filter(one -> one.fate() == Fate.UNCONNECTED).isPresent()) {
            return Optional.of(goneBefore(call.get()));
        }
        if (call.isPresent()
                && facts.outage().filter(outage -> outage.callPort() == port).isPresent()) {
            return Optional.of(quarantine(facts.outage().get(), call.get()));
        }
        if (call.isEmpty() || after.isEmpty()) {
            return Optional.empty();
        }
        return benign.passed() || benign.isResetOnTheWay() ? compared(call.get(), after.get()) : Optional.empty();
    }

    /** Bytes of any kind do not get there. */
    private Optional<Finding> dead() {
        if (benign.fate() != Fate.STUCK) {
            return Optional.empty();
        }
        return Optional.of(new Finding(
                Verdict.FIREWALL_DROP,
                Confidence.LOW,
                List.of(
                        "port " + port + " opens, and then not even text is acknowledged: " + queue(benign),
                        "something may answer handshakes in the host's name (a SYN proxy) while the way behind it is shut, or an"
                                + " intrusion-prevention system drops every payload (ips-payload-drop); tcpdump on the host tells"
                                + " whether a SYN arrives there"),
                Advice.permit(facts, List.of(port)),
                Advice.accept(facts, List.of(port)),
                OptionalDouble.empty()));
    }

    /** It had opened, and text had passed; no call was sent, so it is for none that this is so. */
    private Finding goneBefore(Exchange call) {
        boolean silent = call.connect() instanceof Answer.Silent;
        return new Finding(
                silent ? Verdict.FIREWALL_DROP : Verdict.SERVICE_DOWN,
                Confidence.LOW,
                List.of(
                        "port " + port + " opened, and did not connect any more before an RPC call was sent: "
                                + call.connect().word(),
                        "the line or the host may have gone down meanwhile (no-route), or a system in between blocks this host for an"
                                + " earlier call or as a port scan (ips-quarantine); the probe once more, in some minutes, tells"),
                Advice.permit(facts, List.of(port)),
                Advice.accept(facts, List.of(port)),
                OptionalDouble.empty());
    }

    private Optional<Finding> compared(Exchange call, Exchange after) {
        boolean lives = after.passed();
        return switch (call.fate()) {
            case STUCK -> Optional.of(lives ? callDropped(call) : shortlyLost(call));
            case RESET -> reset(call);
            case ACKED, CLOSED -> passed(call, lives);
            case UNCONNECTED -> Optional.empty();
        };
    }

    private Finding callDropped(Exchange call) {
        return ips(
                Verdict.IPS_PAYLOAD_DROP,
                Confidence.HIGH,
                List.of(
                        "at port " + port + " an RPC call (GETPORT, " + call.sentBytes()
                                + " bytes) is not acknowledged: " + queue(call),
                        "as many bytes of text are acknowledged there, before it and after it, so it is the request that is dropped for"
                                + " what it says"));
    }

    private Finding shortlyLost(Exchange call) {
        return ips(
                Verdict.IPS_QUARANTINE,
                Confidence.LOW,
                List.of(
                        "at port " + port + " an RPC call is not acknowledged: " + queue(call)
                                + "; behind it the port did not work for a moment, as it had before",
                        "it may be a short quarantine, or a call that is dropped (ips-payload-drop) on a path that loses packets;"
                                + " --trigger tells"));
    }

    private Optional<Finding> reset(Exchange call) {
        if (call.isResetOnTheWay()) {
            return Optional.of(benign.isResetOnTheWay() ? anythingReset() : callReset());
        }
        boolean alike = benign.fate() == Fate.RESET;
        return alike || !RPC_PORTS.contains(port)
                ? Optional.empty() // a program that does not understand may well do so
                : Optional.of(ips(
                        Verdict.IPS_RESET,
                        Confidence.LOW,
                        List.of(
                                "at port " + port
                                        + " the connection is reset for an RPC call, and not for as many bytes of text",
                                "by its hops it may be the host's own: the program there may not like the call (service-down); its"
                                        + " log, or tcpdump on the host, tells")));
    }

    private Finding callReset() {
        return ips(
                Verdict.IPS_RESET,
                Confidence.HIGH,
                List.of(
                        "at port " + port
                                + " the connection is reset for an RPC call by something nearer than the host: the reset"
                                + " made fewer hops",
                        "as many bytes of text get to the host, before it and after it"));
    }

    private Finding anythingReset() {
        return ips(
                Verdict.IPS_RESET,
                Confidence.MEDIUM,
                List.of(
                        "at port " + port
                                + " the connection is reset for an RPC call and for text alike, by something nearer than"
                                + " the host: the reset made fewer hops",
                        "so it is not for RPC alone: a system that knows which application a port is for"));
    }

    private Optional<Finding> passed(Exchange call, boolean lives) {
        if (!lives) {
            return Optional.empty();
        }
        if (call.followUp() == FollowUp.STUCK) {
            return Optional.of(ips(
                    Verdict.IPS_SESSION_DROP,
                    Confidence.HIGH,
                    List.of(
                            "at port " + port + " an RPC call is acknowledged"
                                    + (call.answerBytes() > 0 ? " and answered" : "")
                                    + ", and then nothing more in that connection",
                            "a new connection to the same port lives")));
        }
        if (call.gap()) {
            return Optional.of(ips(
                    Verdict.IPS_PAYLOAD_DROP,
                    Confidence.HIGH,
                    List.of(
                            "at port " + port
                                    + " an RPC call is acknowledged, and what the far side sent back is lost: its FIN came,"
                                    + " and what was before it is missing (tcpi_rcv_ooopack)",
                            "so it is the reply that is dropped; \"ss -tn\" on the host shows it in Send-Q")));
        }
        boolean owed = port == Portmapping.PORT && call.fate() == Fate.ACKED && call.answerBytes() == 0;
        return owed
                ? Optional.of(ips(
                        Verdict.IPS_PAYLOAD_DROP,
                        Confidence.LOW,
                        List.of(
                                "the portmapper acknowledges a call and does not answer it, nor does it close",
                                "either the reply is dropped on the way, or the portmapper hangs (service-down); \"ss -tn\" on the host"
                                        + " tells: a reply that is dropped is in Send-Q there")))
                : Optional.empty();
    }

    private Finding quarantine(Facts.Outage outage, Exchange call) {
        List<String> evidence = new ArrayList<>();
        boolean pair = outage.echoDied() || outage.otherDied();
        List<String> died = new ArrayList<>();
        if (outage.echoDied()) {
            died.add("echo requests");
        }
        if (outage.otherDied()) {
            died.add("port " + outage.otherPort());
        }
        died.add("port " + port);
        evidence.add("after an RPC call to port " + port + " this host gets no answer any more by "
                + String.join(", ", died) + ", which answered just before");
        evidence.add(
                outage.back().isPresent()
                        ? "they came back " + Steps.decimal(outage.back().getAsDouble()) + " s after the call"
                        : "they were still lost " + Steps.decimal(outage.watchedSeconds())
                                + " s after the call; --trigger watches for longer");
        if (call.fate() == Fate.STUCK) {
            evidence.add("the call itself stays in the send queue (" + call.unackedBytes() + " bytes)");
        }
        if (!pair) {
            evidence.add(
                    "other ways to the host live: it may be this port alone that is shut, or its program that died of the call"
                            + " (service-down), which its log tells");
        }
        outage.route().ifPresent(under -> evidence.add(routes(under)));
        return new Finding(
                Verdict.IPS_QUARANTINE,
                pair ? Confidence.HIGH : Confidence.LOW,
                evidence,
                Advice.exempt(facts, port),
                Advice.pass(facts, port),
                outage.back());
    }

    private String routes(Facts.Route under) {
        String idle = facts.route().flatMap(Facts.Route::last).orElse("nobody");
        return "the last hop that answers a traceroute is " + idle + " when idle and "
                + under.last().orElse("nobody") + " under quarantine";
    }

    private Finding ips(Verdict verdict, Confidence confidence, List<String> evidence) {
        return new Finding(
                verdict,
                confidence,
                evidence,
                Advice.exempt(facts, port),
                Advice.pass(facts, port),
                OptionalDouble.empty());
    }

    private static String queue(Exchange exchange) {
        return exchange.unackedBytes() + " bytes stay in the send queue, " + exchange.unackedSegments()
                + " segment unacknowledged, sent again " + exchange.retransmitted() + " times";
    }
}
