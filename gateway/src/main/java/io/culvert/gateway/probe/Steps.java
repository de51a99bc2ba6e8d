package io.culvert.gateway.probe;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The steps of a probe as people and programs see them, and their order, which is that of the contract and not that in which they are taken. */
final class Steps {

    private static final List<String> ORDER =
            List.of("name", "ping", "route", "connect", "payload", "udp", "mtu", "tls", "throughput", "quarantine");

    private final Consumer<Step> told;
    private final String address;
    private final List<Step> taken = new ArrayList<>();

    /** @param address that is part of the steps' targets; empty if there is but one */
    Steps(Consumer<Step> told, String address) {
        this.told = told;
        this.address = address;
    }

    /** As they were taken. */
    List<Step> taken() {
        return List.copyOf(taken);
    }

    static List<Step> inOrder(List<Step> all) {
        return all.stream()
                .sorted(Comparator.comparingInt(step -> ORDER.indexOf(step.name())))
                .toList();
    }

    static long millisSince(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
    }

    private void add(String name, String target, String result, long millis, Map<String, String> details) {
        String where = address.isEmpty() || target.isEmpty() ? address + target : address + ", " + target;
        Step step = new Step(name, where, result, millis, details);
        taken.add(step);
        told.accept(step);
    }

    /** There was no time for it. */
    void cut(Part part, String target) {
        add(part.step, target, "not tested, or not to its end: the time was short", 0, Map.of());
    }

    /** It was not tried, for a reason that is not time. */
    void untried(Part part, String why) {
        add(part.step, "", "not tested: " + why, 0, Map.of());
    }

    void named(Addresses addresses, Resolving.Resolved resolved) {
        String result = addresses.tried().isEmpty()
                ? resolved.problem()
                : String.join(
                        ", ",
                        addresses.tried().stream()
                                .map(InetAddress::getHostAddress)
                                .toList());
        Map<String, String> details = new LinkedHashMap<>();
        for (int i = 0; i < addresses.leftOut().size(); i++) {
            details.put("leftOut" + (i + 1), addresses.leftOut().get(i));
        }
        add("name", "", result, resolved.millis(), details);
    }

    void unmeasured(String why) {
        add("throughput", "through the stream", "not measured: " + why, 0, Map.of());
    }

    void pinged(Facts.Echo echo, long millis) {
        Map<String, String> details = new LinkedHashMap<>();
        echo.roundTripMillis().ifPresent(value -> details.put("roundTripMillis", decimal(value)));
        echo.hopLimit().ifPresent(value -> details.put("hopLimit", String.valueOf(value)));
        echo.error().ifPresent(error -> details.put("error", error.words()));
        String result = echo.untested().isEmpty()
                ? echo.answered() + " of " + echo.sent() + " answered"
                : "not tested: " + echo.untested();
        add("ping", "", result, millis, details);
    }

    void traced(String when, Facts.Route route, long millis) {
        Map<String, String> details = new LinkedHashMap<>();
        for (int i = 0; i < route.hops().size(); i++) {
            String hop = route.hops().get(i);
            details.put("hop" + (i + 1), hop.isEmpty() ? "*" : hop);
        }
        String last =
                route.last().map(hop -> "the last that answered is " + hop).orElse("nobody answered");
        add("route", when, route.arrived() ? "arrived, " + last : last, millis, details);
    }

    void connected(Facts.Attempt attempt) {
        add("connect", "port " + attempt.port().port(), attempt.answer().word(), attempt.millis(), Map.of());
    }

    void exchanged(Facts.Exchange exchange, long millis) {
        String what = switch (exchange.payload()) {
            case BENIGN -> "text";
            case CALL -> "rpc call";
            case BENIGN_AFTER -> "text after the call";
        };
        Map<String, String> details = new LinkedHashMap<>();
        details.put("sentBytes", String.valueOf(exchange.sentBytes()));
        details.put("sendQueueBytes", String.valueOf(exchange.unackedBytes()));
        details.put("unackedSegments", String.valueOf(exchange.unackedSegments()));
        details.put("retransmitted", String.valueOf(exchange.retransmitted()));
        details.put("answerBytes", String.valueOf(exchange.answerBytes()));
        if (exchange.followUp() != Facts.FollowUp.NOT_SENT) {
            details.put("moreBytes", word(exchange.followUp()));
        }
        if (exchange.gap()) {
            details.put("answer", "sent by the far side, and lost");
        }
        if (exchange.fate() == Facts.Fate.RESET) {
            details.put("resetBy", word(exchange.sender()));
        }
        String result = switch (exchange.fate()) {
            case ACKED -> exchange.answerBytes() > 0 ? "acknowledged and answered" : "acknowledged";
            case CLOSED -> "acknowledged, then closed";
            case STUCK -> "not acknowledged";
            case RESET -> "reset";
            case UNCONNECTED -> "no connection: " + exchange.connect().word();
        };
        add("payload", "port " + exchange.port() + ", " + what, result, millis, details);
    }

    void asked(Facts.Portmapper answer, long millis) {
        String result = switch (answer) {
            case ANSWERED -> "answered";
            case SILENT -> "no answer";
            case REFUSED -> "refused";
        };
        add("udp", "port 111, rpc call", result, millis, Map.of());
    }

    void bulked(Facts.Bulk bulk, long millis) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("mtu", String.valueOf(bulk.interfaceMtu()));
        bulk.largestBytes().ifPresent(size -> details.put("largestBytes", String.valueOf(size)));
        String result = switch (bulk.packets()) {
            case PASS -> "full packets pass";
            case VANISH -> "packets above " + bulk.largestBytes().orElse(0) + " bytes vanish";
            case UNCLEAR -> "not clear";
        };
        add("mtu", "port " + bulk.port() + (bulk.inward() ? ", from there" : ""), result, millis, details);
    }

    void shaken(Facts.Handshake handshake, long millis) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("issuer", handshake.issuer());
        details.put("alpn", handshake.alpn());
        details.put("version", handshake.version());
        details.put("clientCertificateAsked", String.valueOf(handshake.certificateAsked()));
        if (!handshake.trouble().isEmpty()) {
            details.put("trouble", handshake.trouble());
        }
        handshake.cutOff().ifPresent(how -> {
            details.put("resetBy", how.reset() ? word(how.sender()) : "");
            details.put("connectionWithNothing", word(how.idle()));
            details.put("connectionWithText", word(how.text()));
            details.put("clientHelloWithoutNames", word(how.bare()));
        });
        String result = switch (handshake.state()) {
            case DONE ->
                !handshake.expected()
                        ? "up, nobody in particular expected"
                        : handshake.trouble().isEmpty() ? "up, as expected" : "up, not as expected";
            case CUT_OFF -> "cut off behind the ClientHello: " + handshake.why();
            case NOT_TLS -> "no TLS: " + handshake.why();
            case REFUSED -> "refused: " + handshake.why();
            case STALLED -> "stalled: " + handshake.why();
        };
        add("tls", "port " + handshake.port(), result, millis, details);
    }

    void measured(ProbePlan.Throughput rates) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("sentBytesPerSecond", String.valueOf(Math.round(rates.sentPerSecond())));
        details.put("receivedBytesPerSecond", String.valueOf(Math.round(rates.receivedPerSecond())));
        details.put("sentLossPercent", decimal(rates.sentLossPercent()));
        details.put("receivedLossPercent", decimal(rates.receivedLossPercent()));
        details.put("roundTripMillis", decimal(rates.roundTripMillis()));
        String result = String.format(
                Locale.ROOT,
                "%.1f MB/s there, %.1f MB/s back",
                rates.sentPerSecond() / 1e6,
                rates.receivedPerSecond() / 1e6);
        add("throughput", "through the stream", result, 0, details);
    }

    void watched(Optional<Facts.Outage> outage, long millis) {
        if (outage.isEmpty()) {
            add("quarantine", "", "the hosts did not lose each other", millis, Map.of());
            return;
        }
        Facts.Outage lost = outage.get();
        Map<String, String> details = new LinkedHashMap<>();
        details.put("pingDied", String.valueOf(lost.echoDied()));
        details.put("otherPort", lost.otherPort() == 0 ? "" : String.valueOf(lost.otherPort()));
        details.put("otherPortDied", String.valueOf(lost.otherDied()));
        String result = lost.back().isPresent()
                ? "lost for " + decimal(lost.back().getAsDouble()) + " s"
                : "still lost after " + decimal(lost.watchedSeconds()) + " s";
        add("quarantine", "port " + lost.callPort(), result, millis, details);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String decimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
