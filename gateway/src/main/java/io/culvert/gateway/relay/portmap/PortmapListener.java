package io.culvert.gateway.relay.portmap;

import io.culvert.dedupe.chunk.Slice;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Port 111 of a virtual address, TCP and UDP: reads calls, has the {@link Portmapper} answer them. */
public final class PortmapListener implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(PortmapListener.class);

    /** The portmapper's own program: an appliance that has it among its services is given this listener. */
    public static final int PROGRAM = 100_000;

    /** Its port, by TCP and UDP. */
    public static final int PORT = 111;

    /**
     * What is not taken from anyone.
     *
     * @param port where it listens; 0 takes free ones
     * @param connections at a time
     * @param connectionsOfOne of one address
     * @param idle for so long a connection without a whole call stays open
     * @param answers by UDP
     */
    record Bounds(int port, int connections, int connectionsOfOne, Duration idle, AnswerBudget.Rates answers) {
        static final Bounds USUAL = new Bounds(PORT, 128, 64, Duration.ofSeconds(30), AnswerBudget.Rates.USUAL);
    }

    /** Answers a call, if it is answered at all. */
    @FunctionalInterface
    interface Answers {
        Optional<byte[]> to(Slice call, NetId via, boolean trusted) throws MalformedXdrException;
    }

    private final InetAddress address;
    private final Clients clients;
    private final Bounds bounds;
    private final Portmapper portmapper;
    private final Runnable asked;
    private volatile Bindings bindings;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable TcpCalls tcp;
    private @Nullable UdpCalls udp;

    /** @param asked told of each call that was answered */
    public PortmapListener(InetAddress address, Clients clients, Runnable asked, InstantSource clock) {
        this(address, clients, asked, clock, Bounds.USUAL);
    }

    PortmapListener(InetAddress address, Clients clients, Runnable asked, InstantSource clock, Bounds bounds) {
        this.address = address;
        this.clients = clients;
        this.bounds = bounds;
        this.asked = asked;
        this.bindings = new Bindings(Family.of(address), List.of());
        this.portmapper = new Portmapper(address, () -> bindings, clock);
    }

    /** Has this registered from now on, and nothing else but the portmapper itself. */
    public void show(List<Binding> registered) {
        bindings = new Bindings(Family.of(address), registered);
    }

    /**
     * Listens, unless it does already.
     *
     * @throws IOException if the port cannot be had
     */
    public void bind() throws IOException {
        lock.lock();
        try {
            InetSocketAddress at = new InetSocketAddress(address, bounds.port());
            if (tcp == null) {
                tcp = new TcpCalls(at, this::answer, clients, bounds);
                tcp.start();
            }
            if (udp == null) {
                udp = new UdpCalls(at, this::answer, clients, bounds.answers());
                udp.start();
            }
        } finally {
            lock.unlock();
        }
    }

    private Optional<byte[]> answer(Slice call, NetId via, boolean trusted) throws MalformedXdrException {
        Optional<byte[]> reply = portmapper.answer(call, via, trusted);
        if (reply.isPresent()) {
            asked.run();
        }
        return reply;
    }

    /** Where calls come by TCP, once it listens. */
    Optional<InetSocketAddress> tcpAddress() {
        return Optional.ofNullable(tcp).map(TcpCalls::address);
    }

    /** Where calls come by UDP, once it listens. */
    Optional<InetSocketAddress> udpAddress() {
        return Optional.ofNullable(udp).map(UdpCalls::address);
    }

    /** Closes both ports, and the connections. */
    @Override
    public void close() {
        lock.lock();
        try {
            for (Closeable calls : Arrays.asList(tcp, udp)) {
                if (calls != null) {
                    calls.close();
                }
            }
        } catch (IOException e) {
            LOG.warn("the portmapper at {} did not close: {}", address, e.getMessage());
        } finally {
            lock.unlock();
        }
    }
}
