package io.culvert.gateway.probe;

import io.culvert.gateway.probe.Facts.Exchange;
import io.culvert.gateway.probe.Facts.Fate;
import io.culvert.gateway.probe.Facts.FollowUp;
import io.culvert.gateway.probe.Facts.Payload;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Sends bytes to a port and looks what becomes of them: whether they are acknowledged, what comes back, and whether the connection lives on.
 *
 * <p>A reply that is dropped on the way shows itself when the far side closes behind it: its FIN then lies out of order here, and what came before
 * it is missing (tcpi_rcv_ooopack). So this side sends a FIN with another call, for which programs close; at once, because the far side sends none
 * any more when it had to send its reply again.
 */
final class Exchanging {

    /** Long enough for four transmissions on any path of this world. */
    static final Duration ACK_LIMIT = Duration.ofMillis(3_200);

    /** A loaded host may be slow to answer what its kernel has acknowledged. */
    private static final Duration REPLY_LIMIT = Duration.ofMillis(3_000);

    /** Of bytes that nobody answers: so long a program has to close for them. */
    private static final Duration REACTION_LIMIT = Duration.ofMillis(300);

    /** Something in between is quick. */
    private static final Duration NEARER_LIMIT = Duration.ofMillis(600);

    private static final Duration END_LIMIT = Duration.ofMillis(1_200);
    private static final Duration CONNECT_LIMIT = Duration.ofMillis(3_500);

    /** Short, so that a short quarantine is not over by then. */
    private static final Duration AFTER_CONNECT_LIMIT = Duration.ofMillis(1_500);

    /** No longer takes {@link #isReplyLost}. */
    static final Duration REPLY_LOST_MOST = CONNECT_LIMIT.plus(END_LIMIT).plus(END_LIMIT);

    /** No longer takes {@link #isResetSeen}. */
    static Duration resetMost(Duration roundTrip) {
        return CONNECT_LIMIT.plus(nearerLimit(roundTrip));
    }

    private static Duration nearerLimit(Duration roundTrip) {
        return NEARER_LIMIT.plus(roundTrip.multipliedBy(2));
    }

    private static final long LOOK_MILLIS = 10;
    private static final int MAX_TAKEN = 64;

    private final int port;
    private final Payload payload;
    private final byte[] bytes;
    private final KernelSocket socket;
    private final byte[] buffer = new byte[8 << 10];
    private long answerBytes;
    private boolean ended;
    private boolean reset;

    private Exchanging(int port, Payload payload, byte[] bytes, KernelSocket socket) {
        this.port = port;
        this.payload = payload;
        this.bytes = bytes;
        this.socket = socket;
    }

    private static Exchanging of(int port, Payload payload, KernelSocket socket) {
        return new Exchanging(
                port,
                payload,
                payload == Payload.CALL ? Payloads.call() : Payloads.benign(Payloads.CALL_BYTES),
                socket);
    }

    /** No longer takes {@link #run}. */
    static Duration most(Payload payload) {
        return switch (payload) {
            case BENIGN -> CONNECT_LIMIT.plus(ACK_LIMIT).plus(REACTION_LIMIT);
            case CALL -> CONNECT_LIMIT.plus(ACK_LIMIT).plus(REPLY_LIMIT).plus(ACK_LIMIT);
            case BENIGN_AFTER -> AFTER_CONNECT_LIMIT.plus(ACK_LIMIT).plus(REACTION_LIMIT);
        };
    }

    /** Connects, sends, and waits as long as it takes to see. */
    static Exchange run(InetAddress host, int port, Payload payload) throws IOException, InterruptedException {
        Duration limit = payload == Payload.BENIGN_AFTER ? AFTER_CONNECT_LIMIT : CONNECT_LIMIT;
        try (Connecting.Tried tried = Connecting.one(host, Connecting.Order.to(port), limit)) {
            return tried.answer().isOpen()
                    ? of(port, payload, tried.open()).run()
                    : new Exchange(
                            port,
                            payload,
                            Fate.UNCONNECTED,
                            0,
                            0,
                            0,
                            0,
                            0,
                            false,
                            FollowUp.NOT_SENT,
                            Answer.Sender.UNKNOWN,
                            tried.answer());
        }
    }

    /**
     * Sends bytes in a connection in which packets with a lower hop limit are not seen; whether it is reset still. Nothing if the connection did not
     * come about, or ended before that.
     */
    static Optional<Boolean> isResetSeen(InetAddress host, int port, byte[] bytes, int minHopLimit, Duration roundTrip)
            throws IOException, InterruptedException {
        try (Connecting.Tried tried = Connecting.one(host, Connecting.Order.to(port), CONNECT_LIMIT)) {
            if (!tried.answer().isOpen()) {
                return Optional.empty();
            }
            tried.open().minHopLimit(minHopLimit);
            Exchanging again = new Exchanging(port, Payload.BENIGN, bytes, tried.open());
            again.drain();
            if (again.reset || again.ended) {
                return Optional.empty(); // that came before the limit was set
            }
            again.socket.send(again.bytes);
            again.awaitAck(nearerLimit(roundTrip));
            return Optional.of(again.reset);
        }
    }

    /** Sends the call and a FIN once more; whether what the far side sent before its own FIN is missing. */
    static boolean isReplyLost(InetAddress host, int port) throws IOException, InterruptedException {
        try (Connecting.Tried tried = Connecting.one(host, Connecting.Order.to(port), CONNECT_LIMIT)) {
            if (!tried.answer().isOpen()) {
                return false;
            }
            Exchanging again = of(port, Payload.CALL, tried.open());
            again.socket.send(again.bytes);
            again.socket.shutdownOutput();
            again.awaitEnd();
            again.awaitReaction(END_LIMIT); // its end may only have overtaken it
            return again.answerBytes == 0 && again.socket.tcpInfo().outOfOrder() > 0;
        }
    }

    private Exchange run() throws IOException, InterruptedException {
        long sent = socket.send(bytes);
        if (sent < 0) {
            reset = true;
        }
        awaitAck(ACK_LIMIT);
        int unacked = socket.unackedBytes();
        TcpInfo info = socket.tcpInfo();
        awaitReaction(payload == Payload.CALL ? REPLY_LIMIT : REACTION_LIMIT);
        Fate fate = answerBytes > 0 && unacked == 0 ? Fate.ACKED : fate(unacked);
        FollowUp followUp = FollowUp.NOT_SENT;
        if (payload == Payload.CALL && fate == Fate.ACKED) {
            followUp = followUp();
        }
        boolean gap = answerBytes == 0 && socket.tcpInfo().outOfOrder() > 0;
        return new Exchange(
                port,
                payload,
                fate,
                bytes.length,
                unacked,
                info.unackedSegments(),
                info.retransmitted(),
                answerBytes,
                gap,
                followUp,
                Answer.Sender.UNKNOWN,
                new Answer.Open());
    }

    private Fate fate(int unacked) {
        if (reset) {
            return Fate.RESET;
        }
        if (ended) {
            return Fate.CLOSED;
        }
        return unacked > 0 ? Fate.STUCK : Fate.ACKED;
    }

    private FollowUp followUp() throws IOException, InterruptedException {
        if (ended || reset) {
            return FollowUp.NOT_SENT;
        }
        if (socket.send(Payloads.benign(Payloads.CALL_BYTES)) < 0) {
            return FollowUp.NOT_SENT;
        }
        awaitAck(ACK_LIMIT);
        return reset || ended || socket.unackedBytes() == 0 ? FollowUp.ACKED : FollowUp.STUCK;
    }

    private void awaitAck(Duration limit) throws IOException, InterruptedException {
        long untilNanos = System.nanoTime() + limit.toNanos();
        while (!reset && !ended && socket.unackedBytes() > 0 && System.nanoTime() < untilNanos) {
            look();
        }
        drain();
    }

    /** Waits for an answer, a reset or an end behind what was acknowledged. */
    private void awaitReaction(Duration limit) throws IOException, InterruptedException {
        long untilNanos = System.nanoTime() + limit.toNanos();
        boolean acked = !reset && socket.unackedBytes() == 0;
        while (acked && !reset && !ended && answerBytes == 0 && System.nanoTime() < untilNanos) {
            look();
        }
    }

    private void awaitEnd() throws IOException, InterruptedException {
        long untilNanos = System.nanoTime() + END_LIMIT.toNanos();
        while (!reset && !ended && socket.tcpInfo().outOfOrder() == 0 && System.nanoTime() < untilNanos) {
            look();
        }
    }

    /** Takes what comes within a moment; an acknowledgement makes no event, so it is short. */
    private void look() throws InterruptedException {
        long untilNanos = System.nanoTime() + Duration.ofMillis(LOOK_MILLIS).toNanos();
        if (!Polling.readable(List.of(socket), untilNanos).isEmpty()) {
            drain();
        }
    }

    /** Takes what has come; from who sends without end, some of it, and the rest with the next look. */
    private void drain() {
        for (int taken = 0; taken < MAX_TAKEN && !ended && !reset; taken++) {
            int got = socket.receive(buffer);
            if (got > 0) {
                answerBytes += got;
            } else if (got == 0) {
                ended = true;
            } else if (got == -Errno.EAGAIN) {
                return;
            } else {
                reset = true;
            }
        }
    }
}
