package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.relay.portmap.Clients;
import io.culvert.proto.channel.ChannelKind;
import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The UDP ports of a virtual address. The datagrams of one client's address and port are an {@link Association} with a channel of its
 * own; what does not find room is dropped, as UDP may, and
 * so are empty ones, which a connected socket of Java does not send.
 *
 * <p>One virtual thread for each port, which never waits for the stream, and those of the associations. Thread-safe; the lock is not
 * held while calling out.
 */
final class Datagrams implements AutoCloseable {

    /**
     * How much is kept at a time.
     *
     * @param associations of one virtual address
     * @param waitingBytes datagrams of all associations that wait for the stream
     * @param idle for so long an association without datagrams stays
     * @param evictable one that was quiet for so long makes room for a new one when there is none
     */
    record Bounds(int associations, int waitingBytes, Duration idle, Duration evictable) {
        static final Bounds USUAL = new Bounds(256, 2 << 20, Duration.ofSeconds(60), Duration.ofSeconds(10));
    }

    /** No datagram is longer, by IPv4 or IPv6. */
    static final int MAX_BYTES = 65_535;

    private static final Logger LOG = LoggerFactory.getLogger(Datagrams.class);

    private record Key(int port, SocketAddress client) {}

    private final String appliance;
    private final InetAddress address;
    private final Association.Opener channels;
    private final Clients clients;
    private final Bounds bounds;
    private final LongSupplier ticker;
    private final Consumer<String> failures;
    private final Semaphore room;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, Association> associations = new HashMap<>();

    /** @param failures told in a sentence of each client whose datagrams are dropped */
    Datagrams(
            String appliance,
            InetAddress address,
            Association.Opener channels,
            Clients clients,
            Bounds bounds,
            LongSupplier ticker,
            Consumer<String> failures) {
        this.appliance = appliance;
        this.address = address;
        this.channels = channels;
        this.clients = clients;
        this.bounds = bounds;
        this.ticker = ticker;
        this.failures = failures;
        this.room = new Semaphore(bounds.waitingBytes());
    }

    /** Channels to a peer's appliance. */
    static Association.Opener through(PeerChannels channels, String peer) {
        return opening -> channels.open(peer, ChannelKind.DATAGRAM, Slice.of(opening.toByteArray()));
    }

    /** How many clients have an association now. */
    int size() {
        lock.lock();
        try {
            return (int) associations.values().stream()
                    .filter(one -> !one.hasEnded())
                    .count();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Serves a port from now on, until what is returned is closed.
     *
     * @throws IOException if it cannot be had
     */
    Closeable open(int port) throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, port));
        Thread.ofVirtual().name("relay-udp " + appliance + ":" + port).start(() -> receive(socket, port));
        return () -> {
            socket.close();
            end(associationsOf(port));
        };
    }

    private void receive(DatagramSocket socket, int port) {
        byte[] buffer = new byte[MAX_BYTES];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                if (packet.getLength() > 0 && packet.getPort() != 0 && clients.admits(packet.getAddress())) {
                    take(socket, port, packet);
                }
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    LOG.atDebug().addKeyValue("appliance", appliance).log("port {}/udp: {}", port, e.getMessage());
                }
            }
        }
    }

    private void take(DatagramSocket socket, int port, DatagramPacket packet) {
        InetSocketAddress client = (InetSocketAddress) packet.getSocketAddress();
        Optional<Association> association = association(socket, new Key(port, client));
        association.ifPresent(one -> one.take(Slice.of(Arrays.copyOf(packet.getData(), packet.getLength()))));
    }

    /** That of a client, a new one if need be and if there is room. */
    private Optional<Association> association(DatagramSocket socket, Key key) {
        Association evicted = null;
        Association fresh;
        lock.lock();
        try {
            Association known = associations.get(key);
            if (known != null && !known.isOver()) {
                return Optional.of(known);
            }
            associations.values().removeIf(Association::isOver);
            if (associations.size() >= bounds.associations()) {
                Optional<Map.Entry<Key, Association>> quietest = associations.entrySet().stream()
                        .max(Comparator.comparing(entry -> entry.getValue().quietNanos()));
                if (quietest.isEmpty()
                        || quietest.get().getValue().quietNanos()
                                < bounds.evictable().toNanos()) {
                    return Optional.empty();
                }
                evicted = associations.remove(quietest.get().getKey());
            }
            fresh = new Association(
                    new Association.Ends(appliance, key.port(), (InetSocketAddress) key.client(), socket),
                    channels,
                    room,
                    bounds.idle(),
                    ticker,
                    failures);
            associations.put(key, fresh);
        } finally {
            lock.unlock();
        }
        if (evicted != null) {
            evicted.close();
        }
        fresh.start();
        return Optional.of(fresh);
    }

    private List<Association> associationsOf(int port) {
        lock.lock();
        try {
            List<Association> found = new ArrayList<>();
            associations.forEach((key, association) -> {
                if (key.port() == port) {
                    found.add(association);
                }
            });
            associations.values().removeAll(found);
            return found;
        } finally {
            lock.unlock();
        }
    }

    private static void end(List<Association> associations) {
        associations.forEach(Association::close);
    }

    /** Ends all associations; the ports are closed by whoever opened them. */
    @Override
    public void close() {
        List<Association> all;
        lock.lock();
        try {
            all = List.copyOf(associations.values());
            associations.clear();
        } finally {
            lock.unlock();
        }
        end(all);
    }
}
