package io.culvert.gateway.relay.portmap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is connected to port 111 of a virtual address: so many at most, and of one address. Each must bring a whole call, and take the
 * answer, within the idle time; one that drips bytes or does not read is overdue as well. Thread-safe.
 */
final class Callers {

    private static final Logger LOG = LoggerFactory.getLogger(Callers.class);

    private final int most;
    private final int mostOfOne;
    private final Duration idle;
    private final LongSupplier ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Socket, Long> deadlines = new HashMap<>();
    private final Map<InetAddress, Integer> ofOne = new HashMap<>();
    private boolean closed;

    Callers(int most, int mostOfOne, Duration idle, LongSupplier ticker) {
        this.most = most;
        this.mostOfOne = mostOfOne;
        this.idle = idle;
        this.ticker = ticker;
    }

    /** Takes a place, if there is one for it. */
    boolean enter(Socket socket) {
        InetAddress from = socket.getInetAddress();
        lock.lock();
        try {
            if (closed || deadlines.size() >= most || ofOne.getOrDefault(from, 0) >= mostOfOne) {
                return false;
            }
            deadlines.put(socket, ticker.getAsLong() + idle.toNanos());
            ofOne.merge(from, 1, Integer::sum);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** A call of it was answered: its time begins anew. */
    void answered(Socket socket) {
        lock.lock();
        try {
            deadlines.computeIfPresent(socket, (known, before) -> ticker.getAsLong() + idle.toNanos());
        } finally {
            lock.unlock();
        }
    }

    void leave(Socket socket) {
        lock.lock();
        try {
            if (deadlines.remove(socket) != null) {
                ofOne.computeIfPresent(socket.getInetAddress(), (from, count) -> count > 1 ? count - 1 : null);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Closes those whose time is over; whoever reads or writes there then leaves. */
    void closeOverdue() {
        close(overdue());
    }

    private List<Socket> overdue() {
        lock.lock();
        try {
            long now = ticker.getAsLong();
            return deadlines.entrySet().stream()
                    .filter(entry -> now - entry.getValue() >= 0)
                    .map(Map.Entry::getKey)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** Closes all, and lets no more in. */
    void close() {
        List<Socket> all;
        lock.lock();
        try {
            closed = true;
            all = List.copyOf(deadlines.keySet());
        } finally {
            lock.unlock();
        }
        close(all);
    }

    private static void close(List<Socket> sockets) {
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                LOG.debug("a connection to the portmapper did not close: {}", e.getMessage());
            }
        }
    }
}
