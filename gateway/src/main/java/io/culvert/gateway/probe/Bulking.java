package io.culvert.gateway.probe;

import io.culvert.gateway.probe.Facts.Packets;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

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
    private final Lock searches;

    /** @param searches held by who searches: many connections at a time are more than some programs take from all addresses together */
    Bulking(InetAddress host, int port, Lock searches) {
        this.host = host;
        this.port = port;
        this.searches = searches;
    }

    /** What becomes of full segments in a connection. */
    enum Way {
        /** One at least was acknowledged. */
        PASSED,
        STUCK,
        /** It ended before any was acknowledged, which may be for anything. */
        ENDED
    }

    /** Sends three full segments; whether they arrive, and if not, how large packets may be. Nothing if there is no time to find that out. */
    Optional<Facts.Bulk> run(Deadline deadline) throws IOException, InterruptedException {
        int mtu;
        Way way;
        try (Connecting.Tried tried = Connecting.one(host, Connecting.Order.to(port), CONNECT_LIMIT)) {
            if (!tried.answer().isOpen()) {
                return Optional.of(found(0, Packets.UNCLEAR));
            }
            mtu = tried.open().tcpInfo().pathMtu();
            way = way(tried);
        }
        return switch (way) {
            case PASSED -> Optional.of(found(mtu, Packets.PASS));
            case ENDED -> Optional.of(found(mtu, Packets.UNCLEAR));
            case STUCK -> searched(mtu, deadline);
        };
    }

    private Facts.Bulk found(int mtu, Packets packets) {
        return new Facts.Bulk(port, mtu, packets, OptionalInt.empty(), false);
    }

    private Optional<Facts.Bulk> searched(int mtu, Deadline deadline) throws IOException, InterruptedException {
        if (!searches.tryLock(deadline.left().toMillis(), TimeUnit.MILLISECONDS)) {
            return Optional.empty();
        }
        try {
            if (!deadline.allows(SEARCH_MOST)) {
                return Optional.empty();
            }
            OptionalInt largest = search(mtu);
            if (largest.isEmpty()) {
                return Optional.of(found(mtu, Packets.UNCLEAR));
            }
            if (largest.getAsInt() >= mtu) {
                return Optional.of(found(mtu, Packets.PASS)); // something passing was in the way
            }
            return Optional.of(
                    switch (again()) {
                        case PASSED -> found(mtu, Packets.PASS);
                        case ENDED -> found(mtu, Packets.UNCLEAR);
                        case STUCK -> new Facts.Bulk(port, mtu, Packets.VANISH, largest, false);
                    });
        } finally {
            searches.unlock();
        }
    }

    /** Full segments a second time. */
    private Way again() throws IOException, InterruptedException {
        try (Connecting.Tried tried = Connecting.one(host, Connecting.Order.to(port), CONNECT_LIMIT)) {
            return tried.answer().isOpen() ? way(tried) : Way.ENDED;
        }
    }

    private static Way way(Connecting.Tried open) throws IOException, InterruptedException {
        return ways(List.of(open), BULK_LIMIT).getOrDefault(open, Way.STUCK);
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
            Map<Connecting.Tried, Way> ways = ways(open, SEARCH_LIMIT);
            return open.stream()
                    .filter(tried -> ways.get(tried) == Way.PASSED)
                    .map(tried -> tried.order().maxSegment() + headers)
                    .toList();
        } finally {
            all.forEach(Connecting.Tried::close);
        }
    }

    /** What becomes of full segments in each of the connections. */
    private static Map<Connecting.Tried, Way> ways(List<Connecting.Tried> open, Duration limit)
            throws IOException, InterruptedException {
        Map<Connecting.Tried, Way> ways = new HashMap<>();
        Map<KernelSocket, Connecting.Tried> waiting = new HashMap<>();
        Map<KernelSocket, Integer> leftIfOneArrived = new HashMap<>();
        for (Connecting.Tried tried : open) {
            int segment = tried.open().tcpInfo().sendMss();
            long sent = tried.open().send(Payloads.benign(SEGMENTS * segment)); // of large ones fewer may fit
            ways.put(tried, sent >= segment ? Way.STUCK : Way.ENDED);
            if (sent >= segment) {
                leftIfOneArrived.put(tried.open(), Math.toIntExact(sent - segment));
                waiting.put(tried.open(), tried);
            }
        }
        long untilNanos = System.nanoTime() + limit.toNanos();
        boolean over = false;
        while (!waiting.isEmpty() && !over) {
            over = System.nanoTime() >= untilNanos; // one more look then: it may be this process that was not there
            long lookNanos = System.nanoTime() + Duration.ofMillis(LOOK_MILLIS).toNanos();
            List<KernelSocket> ended = Polling.readable(waiting.keySet(), lookNanos).stream()
                    .filter(Bulking::isEnded)
                    .toList();
            for (KernelSocket socket : List.copyOf(waiting.keySet())) {
                Way way = way(socket.unackedBytes(), leftIfOneArrived.getOrDefault(socket, 0), ended.contains(socket));
                if (way != Way.STUCK) {
                    ways.put(Objects.requireNonNull(waiting.remove(socket)), way);
                }
            }
        }
        return ways;
    }

    private static boolean isEnded(KernelSocket socket) {
        int got = socket.receive(new byte[Payloads.CALL_BYTES]);
        return got == 0 || got < 0 && got != -Errno.EAGAIN;
    }

    /**
     * What is known by what is left in the send queue, also once the connection ended: only what was acknowledged has arrived.
     *
     * @param leftIfOneArrived all but one full segment
     */
    static Way way(int unackedBytes, int leftIfOneArrived, boolean ended) {
        if (unackedBytes <= leftIfOneArrived) {
            return Way.PASSED;
        }
        return ended ? Way.ENDED : Way.STUCK;
    }
}
