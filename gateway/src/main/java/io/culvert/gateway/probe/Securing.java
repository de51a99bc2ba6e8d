package io.culvert.gateway.probe;

import io.culvert.gateway.probe.Facts.CutOff;
import io.culvert.gateway.probe.Facts.Handshake;
import io.culvert.gateway.probe.Facts.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Shakes hands by TLS at the ports of an address, and where that does not come about looks for what the reason may be. */
final class Securing {

    private static final List<Integer> SMALL_PACKETS = List.of(576, 1200, 1400);
    private static final int TCP_HEADER_BYTES = 20;

    private final InetAddress host;
    private final Expectation expectation;
    private final Notebook notebook;
    private final Senders senders;

    Securing(InetAddress host, Expectation expectation, Notebook notebook, Senders senders) {
        this.host = host;
        this.expectation = expectation;
        this.notebook = notebook;
        this.senders = senders;
    }

    void run(Deadline deadline) throws IOException, InterruptedException {
        for (Facts.Attempt attempt : List.copyOf(notebook.attempts)) {
            int port = attempt.port().port();
            if (!attempt.port().tls() || !attempt.answer().isOpen()) {
                continue;
            }
            if (!deadline.allows(Shaking.MOST)) {
                notebook.cut(Part.TLS, "port " + port);
                continue;
            }
            notebook.handshakes.add(shake(port, deadline));
        }
    }

    private Handshake shake(int port, Deadline deadline) throws IOException, InterruptedException {
        Handshake first = shakeOnce(port);
        boolean again = switch (first.state()) {
            case STALLED -> notebook.bulk.filter(Facts.Bulk::stalled).isEmpty();
            case CUT_OFF -> true;
            case DONE, NOT_TLS, REFUSED -> false;
        };
        if (!again) {
            return first;
        }
        if (!deadline.allows(Shaking.MOST)) {
            notebook.cut(Part.TLS, "port " + port + ", once more");
            return first;
        }
        Handshake second = shakeOnce(port);
        if (second.state() != first.state()) {
            joined(first, second).doubt().ifPresent(notebook::doubt);
            return joined(first, second).handshake();
        }
        long sinceNanos = System.nanoTime();
        Handshake more = first.state() == Tls.STALLED ? inward(port, first, deadline) : cutOff(port, first, deadline);
        if (more != first) {
            notebook.steps.shaken(more, Steps.millisSince(sinceNanos));
        }
        return more;
    }

    private Handshake shakeOnce(int port) throws IOException, InterruptedException {
        long sinceNanos = System.nanoTime();
        Handshake handshake = Shaking.run(host, port, 0, expectation);
        notebook.steps.shaken(handshake, Steps.millisSince(sinceNanos));
        return handshake;
    }

    /** What two attempts say together. @param doubt a sentence, if the second one does not undo the first */
    record Joined(Handshake handshake, Optional<String> doubt) {}

    /**
     * Joins two attempts, of which the first was cut off or stalled and the second went otherwise. Who cuts off may then block the pair, so silence
     * behind that does not take its place.
     */
    static Joined joined(Handshake first, Handshake second) {
        if (first.state() == Tls.CUT_OFF && second.state() == Tls.STALLED) {
            return new Joined(first.and("once more, " + second.why()), Optional.empty());
        }
        return new Joined(
                second,
                second.state() == Tls.DONE
                        ? Optional.of("TLS at port " + first.port()
                                + " came up only at the second attempt; at the first, " + first.why())
                        : Optional.empty());
    }

    /** It stalled: if it comes up with small segments from there, large ones vanish on the way here. */
    private Handshake inward(int port, Handshake stalled, Deadline deadline) throws IOException, InterruptedException {
        int headers = Family.of(host).headerBytes + TCP_HEADER_BYTES;
        OptionalInt largest = OptionalInt.empty();
        Handshake best = stalled;
        for (int size : SMALL_PACKETS) {
            if (!deadline.allows(Shaking.MOST)) {
                notebook.cut(Part.MTU, "port " + port + ", from there");
                break;
            }
            Handshake again = Shaking.run(host, port, size - headers, expectation);
            if (again.state() != Tls.DONE) {
                break;
            }
            best = again;
            largest = OptionalInt.of(size);
        }
        if (largest.isPresent()) {
            int mtu = notebook.bulk.map(Facts.Bulk::interfaceMtu).orElse(0);
            Facts.Bulk hole = new Facts.Bulk(port, mtu, Facts.Packets.VANISH, largest, true);
            notebook.bulk = Optional.of(hole);
            notebook.steps.bulked(hole, 0);
        }
        return best;
    }

    /** It was cut off behind the ClientHello: who did that, and whether other connections fare alike. */
    private Handshake cutOff(int port, Handshake handshake, Deadline deadline)
            throws IOException, InterruptedException {
        Duration needed = Reacting.MOST.multipliedBy(3);
        if (!deadline.allows(needed)) {
            notebook.cut(Part.TLS, "port " + port + ", who cuts it off");
            return handshake;
        }
        Reaction hello = Reacting.to(host, port, new TlsWitness().hello(expectation));
        if (hello != Reaction.RESETS && hello != Reaction.CLOSES) {
            return handshake.and("a third connection with a ClientHello " + hello.words()); // others tell nothing then
        }
        Reaction idle = Reacting.to(host, port, new byte[0]);
        Reaction text = Reacting.to(host, port, Payloads.benign(Payloads.CALL_BYTES));
        boolean time = deadline.allows(Reacting.MOST);
        Reaction bare =
                time ? Reacting.to(host, port, new TlsWitness().hello(Expectation.NONE, List.of())) : Reaction.UNTRIED;
        if (!time) {
            notebook.cut(Part.TLS, "port " + port + ", a ClientHello that names nothing");
        }
        Answer.Sender sender = hello == Reaction.RESETS
                ? senders.ofResetBy(port, new TlsWitness().hello(expectation), deadline)
                : Answer.Sender.UNKNOWN;
        return handshake.with(new CutOff(hello == Reaction.RESETS, sender, idle, text, bare));
    }
}
