package io.culvert.gateway.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** Sends some bytes, or none, in a connection of its own and looks what the far side does with it. */
final class Reacting {

    private static final Duration CONNECT_LIMIT = Duration.ofMillis(1_500);
    private static final Duration LIMIT = Duration.ofMillis(1_500);

    /** It takes no longer. */
    static final Duration MOST = CONNECT_LIMIT.plus(LIMIT);

    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;

    private Reacting() {}

    static Reaction to(InetAddress host, int port, byte[] bytes) throws IOException, InterruptedException {
        try (Connecting.Tried tried = Connecting.one(host, Connecting.Order.to(port), CONNECT_LIMIT)) {
            if (!tried.answer().isOpen()) {
                return Reaction.UNCONNECTED;
            }
            KernelSocket socket = tried.open();
            if (bytes.length > 0 && socket.send(bytes) < 0) {
                return Reaction.RESETS;
            }
            long untilNanos = System.nanoTime() + LIMIT.toNanos();
            boolean came = !Polling.readable(List.of(socket), untilNanos).isEmpty();
            return came ? what(socket) : Reaction.LIVES;
        }
    }

    private static Reaction what(KernelSocket socket) {
        byte[] first = new byte[1];
        int got = socket.receive(first);
        if (got > 0) {
            return first[0] == ALERT || first[0] == HANDSHAKE ? Reaction.ANSWERS_TLS : Reaction.ANSWERS;
        }
        return got == 0 ? Reaction.CLOSES : got == -Errno.EAGAIN ? Reaction.LIVES : Reaction.RESETS;
    }
}
