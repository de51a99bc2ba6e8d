package io.culvert.gateway.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/**
 * Sends more than a packet holds, and where that vanishes looks for the largest packets that do not: by connections whose segments are limited
 * (TCP_MAXSEG), so that ICMP is not needed.
 */
final class Bulking {

    /** To a port that has opened before: for a SYN that is lost once. */
    private static final Duration CONNECT_LIMIT = Duration.ofMillis(1_500);

    private static final Duration BULK_LIMIT = Duration.ofMillis(3_200);
    private static final Duration SEARCH_LIMIT = Duration.ofMillis(1_200);

    /** To see whether full packets arrive, or a second time that they do not, takes no longer. */
    static final Duration LEAST = CONNECT_LIMIT.plus(BULK_LIMIT);

    private static final Duration SEARCH_MOST =
            CONNECT_LIMIT.plus(SEARCH_LIMIT).multipliedBy(2).plus(LEAST);

    /** Sizes of packets that occur: with tunnels and PPPoE, of IPv6's least, of jumbo frames. */
    private static final List<Integer> SIZES = List.of(
            576, 800, 1000, 1200, 1280, 1300, 1350, 1380, 1400, 1420, 1440, 1460, 1480, 1492, 1500, 4000, 8000, 9000);

    private static final int REFINEMENTS = 15;
    private static final int TCP_HEADER_BYTES = 20;
    private static final int SEGMENTS = 3;
    private static final int LOOK_MILLIS = 10;

    private final InetAddress host;
    private final int port;

    Bulking(InetAddress host, int port) {
        this.host = host;
        this.port = port;
    }

    /** Sends three full segments; whether they arrive, and if not, how large packets may be. Nothing if there is no time to find that out. */
    Optional<Facts.Bulk> run(Deadline deadline) throws IOException, InterruptedException {
        int mtu;
        boolean stalled;
        try (Connecting.Tried tried = Connecting.one(host, Connecting.Order.to(port), CONNECT_LIMIT)) {
            if (!tried.answer().isOpen()) {
                return Optional.of(new Facts.Bulk(port, 0, false, OptionalInt.empty(), false));
            }
            TcpInfo info = tried.open().tcpInfo();
            mtu = info.pathMtu();
            stalled = pass(List.of(tried), BULK_LIMIT).isEmpty();
        }
        if (stalled && !deadline.allows(SEARCH_MOST)) {
            return Optional.empty();
        }
        OptionalInt largest = stalled ? search(mtu) : OptionalInt.empty();
        boolean hole =
                largest.isPresent() && largest.getAsInt() < mtu && isHole(); // else something passing was in the way
        return Optional.of(new Facts.Bulk(port, mtu, hole, hole ? largest : OptionalInt.empty(), false));
    }

    /** Whether full segments stall a second time. */
    private boolean isHole() throws IOException, InterruptedException {
        try (Connecting.Tried tried = Connecting.one(host, Connecting.Order.to(port), CONNECT_LIMIT)) {
            return tried.answer().isOpen() && pass(List.of(tried), BULK_LIMIT).isEmpty();
        }
    }

    /** The largest packets that get there; nothing if not even small ones do. */
    private OptionalInt search(int mtu) throws IOException, InterruptedException {
        List<Integer> sizes =
                SIZES.stream().filter(size -> size <= mtu && size > least()).toList();
        TreeSet<Integer> passed = new TreeSet<>(passing(sizes));
        if (passed.isEmpty()) {
            return OptionalInt.empty();
        }
        int low = passed.last();
        int high = sizes.stream().filter(size -> size > low).findFirst().orElse(mtu + 1);
        List<Integer> between = new ArrayList<>();
        int step = Math.max(1, Math.ceilDiv(high - low, REFINEMENTS + 1));
        for (int size = low + step; size < high; size += step) {
            between.add(size);
        }
        passed.addAll(passing(between));
        return OptionalInt.of(passed.last());
    }

    private int least() {
        return Family.of(host).headerBytes + TCP_HEADER_BYTES + Payloads.CALL_BYTES;
    }

    private Collection<Integer> passing(List<Integer> sizes) throws IOException, InterruptedException {
        int headers = Family.of(host).headerBytes + TCP_HEADER_BYTES;
        List<Connecting.Tried> all = Connecting.all(
                host,
                sizes.stream()
                        .map(size -> new Connecting.Order(port, 0, size - headers))
                        .toList(),
                CONNECT_LIMIT);
        try {
            List<Connecting.Tried> open =
                    all.stream().filter(tried -> tried.answer().isOpen()).toList();
            return pass(open, SEARCH_LIMIT).stream()
                    .map(tried -> tried.order().maxSegment() + headers)
                    .toList();
        } finally {
            all.forEach(Connecting.Tried::close);
        }
    }

    /** Those of the connections in which full segments arrive. */
    private static Collection<Connecting.Tried> pass(List<Connecting.Tried> open, Duration limit)
            throws IOException, InterruptedException {
        Map<KernelSocket, Connecting.Tried> waiting = new HashMap<>();
        for (Connecting.Tried tried : open) {
            int segment = tried.open().tcpInfo().sendMss();
            if (tried.open().send(Payloads.benign(SEGMENTS * segment)) >= 0) {
                waiting.put(tried.open(), tried);
            }
        }
        List<Connecting.Tried> passed = new ArrayList<>(open);
        long untilNanos = System.nanoTime() + limit.toNanos();
        while (!waiting.isEmpty() && System.nanoTime() < untilNanos) {
            long lookNanos = System.nanoTime() + Duration.ofMillis(LOOK_MILLIS).toNanos();
            for (KernelSocket socket : Polling.readable(waiting.keySet(), lookNanos)) {
                if (socket.receive(new byte[Payloads.CALL_BYTES]) != -Errno.EAGAIN) {
                    waiting.remove(socket); // answered, closed or reset: the far side has them
                }
            }
            for (KernelSocket socket : List.copyOf(waiting.keySet())) {
                if (socket.unackedBytes() == 0) {
                    waiting.remove(socket);
                }
            }
        }
        passed.removeAll(waiting.values());
        return passed;
    }
}
