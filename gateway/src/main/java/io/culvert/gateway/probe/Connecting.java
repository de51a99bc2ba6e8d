package io.culvert.gateway.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Connects to several ports of a host at once. */
final class Connecting {

    /** At a time; more wait for their turn. */
    static final int MAX_AT_ONCE = 64;

    /** For a SYN that is lost and sent again twice. */
    static final Duration LIMIT = Duration.ofMillis(4_200);

    /** So many connections of a search for a hop limit stay without an answer as a rule, and so many get one in a round trip. */
    private static final int UNANSWERED = 4;

    private static final int ANSWERED = 7;

    /**
     * One connection to be tried.
     *
     * @param minHopLimit answers with a lower one are not seen; 0: all are
     * @param maxSegment as TCP_MAXSEG; 0: as the interface has it
     */
    record Order(int port, int minHopLimit, int maxSegment) {
        static Order to(int port) {
            return new Order(port, 0, 0);
        }
    }

    /**
     * How it ended.
     *
     * @param socket connected if it is open; the caller closes it
     */
    record Tried(
            Order order,
            Answer answer,
            long millis,
            @Nullable KernelSocket socket) implements AutoCloseable {
        @Override
        public void close() {
            if (socket != null) {
                socket.close();
            }
        }

        KernelSocket open() {
            if (socket == null) {
                throw new IllegalStateException("it is not open");
            }
            return socket;
        }
    }

    /** One that is under way. @param number of its order */
    private record Begun(int number, long sinceNanos) {}

    private final InetAddress host;
    private final List<Order> orders;
    private final Map<Integer, Tried> done = new TreeMap<>();
    private final Map<KernelSocket, Begun> underWay = new HashMap<>();

    private Connecting(InetAddress host, List<Order> orders) {
        this.host = host;
        this.orders = List.copyOf(orders);
    }

    /** Tries all, each for at most {@code limit}; the results are in the order of the orders. */
    static List<Tried> all(InetAddress host, List<Order> orders, Duration limit)
            throws IOException, InterruptedException {
        Connecting connecting = new Connecting(host, orders);
        boolean finished = false;
        try {
            for (int from = 0; from < orders.size(); from += MAX_AT_ONCE) {
                connecting.some(from, Math.min(orders.size(), from + MAX_AT_ONCE), limit);
            }
            finished = true;
        } finally {
            connecting.underWay.keySet().forEach(KernelSocket::close);
            if (!finished) {
                connecting.done.values().forEach(Tried::close);
            }
        }
        return List.copyOf(connecting.done.values());
    }

    static Tried one(InetAddress host, Order order, Duration limit) throws IOException, InterruptedException {
        return all(host, List.of(order), limit).getFirst();
    }

    private void some(int from, int to, Duration limit) throws IOException, InterruptedException {
        for (int number = from; number < to; number++) {
            begin(number);
        }
        long untilNanos = System.nanoTime() + limit.toNanos();
        boolean over = false;
        while (!underWay.isEmpty() && !over) {
            over = System.nanoTime() >= untilNanos; // one more look then: it may be this process that was not there
            for (KernelSocket socket : Polling.writable(underWay.keySet(), untilNanos)) {
                end(socket, socket.takeError());
            }
        }
        for (KernelSocket socket : List.copyOf(underWay.keySet())) {
            end(socket, Errno.ETIMEDOUT);
        }
    }

    private void begin(int number) throws IOException {
        Order order = orders.get(number);
        KernelSocket socket = KernelSocket.open(Family.of(host), KernelSocket.Kind.TCP);
        underWay.put(socket, new Begun(number, System.nanoTime()));
        if (order.minHopLimit() > 0) {
            socket.minHopLimit(order.minHopLimit());
        }
        if (order.maxSegment() > 0) {
            socket.maxSegment(order.maxSegment());
        }
        int error = socket.connect(host, order.port());
        if (error != Errno.EINPROGRESS) {
            end(socket, error);
        }
    }

    private void end(KernelSocket socket, int error) {
        Begun begun = underWay.remove(socket);
        if (begun == null) {
            throw new IllegalStateException("a connection ends once");
        }
        Answer answer = answer(error, socket.icmp());
        long millis = Duration.ofNanos(System.nanoTime() - begun.sinceNanos()).toMillis();
        done.put(
                begun.number(), new Tried(orders.get(begun.number()), answer, millis, answer.isOpen() ? socket : null));
        if (!answer.isOpen()) {
            socket.close();
        }
    }

    static Answer answer(int error, Optional<IcmpError> icmp) {
        if (error == Errno.NONE) {
            return new Answer.Open();
        }
        if (icmp.isPresent()) {
            return new Answer.Icmp(icmp.get());
        }
        return switch (error) {
            case Errno.ECONNREFUSED, Errno.ECONNRESET -> new Answer.Reset(Answer.Sender.UNKNOWN);
            case Errno.ETIMEDOUT -> new Answer.Silent();
            default -> new Answer.Local(error);
        };
    }

    /** What a search for a hop limit takes as a rule. @param limit of each connection */
    static Duration usualSearch(Duration limit, Duration roundTrip) {
        return limit.multipliedBy(UNANSWERED).plus(roundTrip.multipliedBy(ANSWERED));
    }

    /**
     * The hop limit with which a port's answer comes, whatever it is; nothing if it does not come each time, or the deadline is over first.
     *
     * @param limit of each connection
     */
    static OptionalInt hopLimitOfAnswer(InetAddress host, int port, Duration limit, Deadline deadline)
            throws IOException, InterruptedException {
        if (!deadline.allows(limit) || !answers(host, port, 1, limit)) {
            return OptionalInt.empty();
        }
        int low = 1;
        int high = 256;
        while (high - low > 1) { // it comes with at least low, and less than high
            if (!deadline.allows(limit)) {
                return OptionalInt.empty();
            }
            int middle = low == 1 && high == 256 ? 65 : (low + high) >>> 1;
            if (answers(host, port, middle, limit)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        if (!deadline.allows(limit)) {
            return OptionalInt.empty();
        }
        boolean moved = high <= 255
                && answers(host, port, high, limit); // a packet that was lost: what stayed away must stay away
        return moved ? OptionalInt.empty() : OptionalInt.of(low);
    }

    private static boolean answers(InetAddress host, int port, int minHopLimit, Duration limit)
            throws IOException, InterruptedException {
        try (Tried tried = one(host, new Order(port, minHopLimit, 0), limit)) {
            return !(tried.answer() instanceof Answer.Silent);
        }
    }
}
