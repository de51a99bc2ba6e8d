package io.culvert.gateway.probe;

import java.util.ArrayList;
import java.util.List;

/** Sentences about what is well. */
final class Evidence {

    private Evidence() {}

    /** What was tried and found well, and what could not be tried. */
    static List<String> ofHealth(Facts facts) {
        List<String> evidence = new ArrayList<>();
        List<Integer> open = open(facts);
        evidence.add("port " + Advice.list(open) + (open.size() == 1 ? " opens" : " open"));
        facts.exchanges().stream()
                .filter(exchange -> exchange.payload() == Facts.Payload.CALL)
                .forEach(call -> evidence.add("at port " + call.port()
                        + " an RPC call is acknowledged as other bytes are"
                        + (call.answerBytes() > 0 ? ", and answered" : "")));
        if (facts.exchanges().stream().noneMatch(exchange -> exchange.payload() == Facts.Payload.CALL)) {
            evidence.add("RPC calls were not tried");
        }
        facts.bulk()
                .filter(bulk -> bulk.packets() == Facts.Packets.PASS)
                .ifPresent(bulk -> evidence.add("full packets pass, of up to " + bulk.interfaceMtu() + " bytes"));
        facts.handshakes().stream()
                .filter(handshake -> handshake.state() == Facts.Tls.DONE)
                .forEach(handshake -> evidence.add("TLS at port " + handshake.port() + ": " + handshake.version()
                        + ", ALPN " + (handshake.alpn().isEmpty() ? "none" : handshake.alpn()) + ", issued by "
                        + handshake.issuer()
                        + (handshake.expected() ? ", which is trusted" : "; nobody in particular was expected")));
        facts.portmapper()
                .filter(Facts.Portmapper.SILENT::equals)
                .ifPresent(silent -> evidence.add("the portmapper does not answer by UDP, and nothing tells why"));
        if (!facts.echo().untested().isEmpty()) {
            evidence.add("ICMP was not tried: " + facts.echo().untested());
        } else if (!facts.echo().isAlive()) {
            evidence.add("echo requests get no answer, which many filters see to and nothing here needs");
        }
        return evidence;
    }

    /** All that a verdict cannot rest on. */
    static Facts.Gaps gaps(Facts facts) {
        List<String> doubts = new ArrayList<>(facts.gaps().doubts());
        facts.bulk()
                .filter(bulk -> bulk.packets() == Facts.Packets.UNCLEAR)
                .ifPresent(bulk -> doubts.add("whether full packets pass is not clear: the connection to port "
                        + bulk.port() + " for it did not open, or ended too early, or nothing was acknowledged"));
        doubts.addAll(TlsDiagnosis.doubts(facts));
        return new Facts.Gaps(facts.gaps().cut(), doubts);
    }

    static List<Integer> open(Facts facts) {
        return facts.attempts().stream()
                .filter(attempt -> attempt.answer().isOpen())
                .map(attempt -> attempt.port().port())
                .toList();
    }

    /** Whether anything at all came from the host itself. */
    static boolean isAlive(Facts facts) {
        return facts.echo().isAlive()
                || facts.route().filter(Facts.Route::arrived).isPresent()
                || !open(facts).isEmpty();
    }

    /** Where the way ends, a clause; empty if nothing is known. */
    static String wayEnds(Facts facts) {
        return facts.route()
                .filter(route -> !route.arrived())
                .map(route -> route.last()
                        .map(hop -> "a traceroute gets answers up to " + hop)
                        .orElse("a traceroute gets no answer at all"))
                .orElse("");
    }
}
