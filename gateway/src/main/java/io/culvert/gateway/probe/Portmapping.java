package io.culvert.gateway.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** Calls a portmapper's procedure without effect by UDP, three times if need be. */
final class Portmapping {

    static final int PORT = 111;
    private static final int CALLS = 3;
    private static final Duration LIMIT = Duration.ofMillis(700);

    /** No longer takes {@link #ask}. */
    static final Duration MOST = LIMIT.multipliedBy(CALLS);

    private Portmapping() {}

    static Facts.Portmapper ask(InetAddress host) throws IOException, InterruptedException {
        try (KernelSocket socket = KernelSocket.open(Family.of(host), KernelSocket.Kind.UDP)) {
            if (socket.connect(host, PORT) != Errno.NONE) {
                return Facts.Portmapper.SILENT;
            }
            for (int call = 0; call < CALLS; call++) {
                socket.send(Payloads.nullCall());
                Polling.readable(List.of(socket), System.nanoTime() + LIMIT.toNanos());
                int ignored = socket.takeError(); // it is in the queue as well
                if (socket.icmp().isPresent()) {
                    return Facts.Portmapper.REFUSED;
                }
                if (socket.datagram().isPresent()) {
                    return Facts.Portmapper.ANSWERED;
                }
            }
            return Facts.Portmapper.SILENT;
        }
    }
}
