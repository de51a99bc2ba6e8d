package io.culvert.gateway.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the routers on the way by datagrams to a port that nobody has, with a growing hop limit (as traceroute(8) does), for which each router sends
 * an error that Linux keeps for the socket.
 */
final class Tracing {

    static final int MAX_HOPS = 24;

    /** Few at a time, because hosts and routers limit how many errors they send. */
    private static final int AT_ONCE = 3;

    private static final int FIRST_PORT = 33_434;

    /** What was found. @param isCut it would have gone on, had there been time */
    record Traced(Facts.Route route, boolean isCut) {}

    private Tracing() {}

    /**
     * Traces until the host answered, or {@code maxHops}, or nothing has answered for two rounds, or there is no time for another one.
     *
     * @param maxHops at most {@link #MAX_HOPS}
     * @param limit of a round
     * @param deadline of all rounds
     */
    static Traced trace(InetAddress host, int maxHops, Duration limit, Deadline deadline)
            throws IOException, InterruptedException {
        List<String> hops = new ArrayList<>();
        int silent = 0;
        while (isOpen(hops, maxHops, silent) && deadline.allows(limit)) {
            for (Optional<IcmpError> answer :
                    round(host, hops.size() + 1, Math.min(AT_ONCE, maxHops - hops.size()), limit)) {
                hops.add(answer.map(IcmpError::from).orElse(""));
                silent = answer.isPresent() ? 0 : silent + 1;
                boolean arrived = answer.filter(error -> error.meaning() != IcmpError.Meaning.HOPS_EXCEEDED)
                        .isPresent();
                if (arrived) {
                    boolean itself = answer.filter(error -> error.from().equals(host.getHostAddress()))
                            .isPresent();
                    return new Traced(new Facts.Route(hops, itself), false);
                }
            }
        }
        boolean isCut = isOpen(hops, maxHops, silent);
        while (!hops.isEmpty() && hops.getLast().isEmpty()) {
            hops.removeLast();
        }
        return new Traced(new Facts.Route(hops, false), isCut);
    }

    /** Whether there is reason to go on. */
    private static boolean isOpen(List<String> hops, int maxHops, int silent) {
        return hops.size() < maxHops && silent < 2 * AT_ONCE;
    }

    private static List<Optional<IcmpError>> round(InetAddress host, int firstHop, int count, Duration limit)
            throws IOException, InterruptedException {
        List<KernelSocket> sockets = new ArrayList<>();
        Map<KernelSocket, IcmpError> answers = new HashMap<>();
        try {
            for (int hop = firstHop; hop < firstHop + count; hop++) {
                KernelSocket socket = KernelSocket.open(Family.of(host), KernelSocket.Kind.UDP);
                sockets.add(socket);
                socket.hopLimit(hop);
                if (socket.connect(host, FIRST_PORT + hop) == Errno.NONE) {
                    socket.send(Payloads.benign(Payloads.CALL_BYTES));
                }
            }
            long untilNanos = System.nanoTime() + limit.toNanos();
            while (answers.size() < sockets.size() && System.nanoTime() < untilNanos) {
                List<KernelSocket> open = sockets.stream()
                        .filter(one -> !answers.containsKey(one))
                        .toList();
                for (KernelSocket socket : Polling.readable(open, untilNanos)) {
                    int ignored = socket.takeError(); // it is in the queue as well
                    socket.icmp().ifPresent(error -> answers.put(socket, error));
                }
            }
            return sockets.stream()
                    .map(socket -> Optional.ofNullable(answers.get(socket)))
                    .toList();
        } finally {
            sockets.forEach(KernelSocket::close);
        }
    }
}
