package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.relay.portmap.PortmapListener;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.v1.RelayOpening;
import io.culvert.siteconfig.Appliance;
import io.culvert.siteconfig.ApplianceService;
import io.culvert.siteconfig.PortRange;
import io.culvert.siteconfig.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One appliance of a peer, as clients of this site find it: a listener for each of its TCP ports at an address of its own.
 *
 * <p>A port that cannot be had yet, because the address is not there, is tried again every few seconds.
 */
final class VirtualAddress implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(VirtualAddress.class);
    private static final int PORTMAPPER_PORT = 111;
    private static final int BACKLOG = 512;
    private static final int FIRST_UNPRIVILEGED = 1024;
    private static final Duration RETRY = Duration.ofSeconds(5);

    /** What the kernel says of EADDRNOTAVAIL. */
    private static final String NO_ADDRESS = "Cannot assign requested address";

    private final String name;
    private final Appliance.Remote appliance;
    private final Channels channels;
    private final @Nullable PortmapListener portmapper;
    private final Set<Integer> wanted = new TreeSet<>();
    private final ConcurrentHashMap<Integer, ServerSocketChannel> bound = new ConcurrentHashMap<>();
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final Thread keeper;
    private final InstantSource clock;
    private volatile State state;
    private volatile boolean closed;

    /** @param portmapper for an appliance that has one */
    VirtualAddress(
            String name,
            Appliance.Remote appliance,
            Channels channels,
            @Nullable PortmapListener portmapper,
            InstantSource clock) {
        this.name = name;
        this.appliance = appliance;
        this.channels = channels;
        this.portmapper = portmapper;
        this.clock = clock;
        this.state = new State(false, clock.instant(), "its ports are being bound");
        for (ApplianceService service : appliance.services().values()) {
            if (service.transport() != Transport.UDP) {
                for (PortRange range : service.ports()) {
                    for (int port = range.first(); port <= range.last(); port++) {
                        wanted.add(port);
                    }
                }
            }
        }
        wanted.remove(PORTMAPPER_PORT);
        keeper = Thread.ofVirtual().name("relay-keeper " + name).start(this::keep);
    }

    private record State(boolean serving, Instant since, String trouble) {}

    VirtualAddressStatus status() {
        State now = state;
        return new VirtualAddressStatus(
                name, appliance.peer().toString(), address(), now.serving(), now.since(), now.trouble(), open.size());
    }

    /** Binds what is not bound yet, until all is. */
    private void keep() {
        try {
            while (!closed) {
                String trouble = bindAll();
                if (trouble.isEmpty()) {
                    state = new State(true, clock.instant(), "");
                    LOG.atInfo()
                            .addKeyValue("appliance", name)
                            .log("{} ports of {} are served at {}", wanted.size(), name, address());
                    return;
                }
                if (!trouble.equals(state.trouble())) {
                    state = new State(false, state.since(), trouble);
                    LOG.atWarn().addKeyValue("appliance", name).log("{}", trouble);
                }
                Thread.sleep(RETRY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String address() {
        return appliance.address().getHostAddress();
    }

    /** Says what could not be bound, empty if all is. */
    private String bindAll() {
        Map<String, Set<Integer>> failed = new TreeMap<>();
        for (int port : wanted) {
            if (!bound.containsKey(port)) {
                attempt(port, () -> bind(port), failed);
            }
        }
        if (portmapper != null) {
            attempt(PORTMAPPER_PORT, portmapper::bind, failed);
        }
        if (failed.isEmpty()) {
            return "";
        }
        if (failed.containsKey(NO_ADDRESS)) {
            return "this host has not the address " + address() + " of " + name + "; \"ip addr add " + address()
                    + "/32 dev lo\" gives it, until the next boot";
        }
        return "ports of " + name + " at " + address() + " that cannot be had: "
                + failed.entrySet().stream()
                        .map(why -> why.getValue().stream().map(String::valueOf).collect(Collectors.joining(", "))
                                + " (" + why.getKey() + ")")
                        .collect(Collectors.joining("; "));
    }

    private interface Binding {
        void bind() throws IOException;
    }

    private static void attempt(int port, Binding binding, Map<String, Set<Integer>> failed) {
        try {
            binding.bind();
        } catch (IOException e) {
            failed.computeIfAbsent(String.valueOf(e.getMessage()), why -> new TreeSet<>())
                    .add(port);
        }
    }

    private void bind(int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            listener.bind(new InetSocketAddress(appliance.address(), port), BACKLOG);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        bound.put(port, listener);
        Thread.ofVirtual().name("relay-listener " + name + ":" + port).start(() -> accept(listener, port));
    }

    private void accept(ServerSocketChannel listener, int port) {
        try {
            while (true) {
                SocketChannel socket = listener.accept();
                open.add(socket);
                if (closed) {
                    Flow.abort(socket);
                }
                Thread.ofVirtual().name("relay " + name + ":" + port).start(() -> {
                    try {
                        relay(socket, port);
                    } finally {
                        open.remove(socket);
                    }
                });
            }
        } catch (ClosedChannelException e) {
            LOG.atDebug().addKeyValue("appliance", name).log("port {} is closed", port);
        } catch (IOException e) {
            LOG.atError().setCause(e).addKeyValue("appliance", name).log("port {} accepts no more: {}", port, e);
        }
    }

    private void relay(SocketChannel socket, int port) {
        try {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            InetSocketAddress client = (InetSocketAddress) socket.getRemoteAddress();
            String from = client.getAddress().getHostAddress() + ":" + client.getPort();
            Channel channel = channels.open(
                    appliance.peer().toString(),
                    Slice.of(RelayOpening.newBuilder()
                            .setAppliance(name)
                            .setPort(port)
                            .setPrivileged(client.getPort() < FIRST_UNPRIVILEGED)
                            .setClient(from)
                            .build()
                            .toByteArray()));
            new Flow(socket, channel, from + " to " + name + ":" + port).run();
        } catch (StreamException e) {
            LOG.atWarn().addKeyValue("appliance", name).log("a connection is refused: {}", e.getMessage());
            Flow.abort(socket);
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("appliance", name).log("a client left: {}", e.getMessage());
            Flow.abort(socket);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            Flow.abort(socket);
        }
    }

    /** Closes its ports and resets its connections. */
    @Override
    public void close() {
        closed = true;
        keeper.interrupt();
        try {
            keeper.join(); // or it might bind a port behind what is closed here
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (ServerSocketChannel listener : bound.values()) {
            try {
                listener.close();
            } catch (IOException e) {
                LOG.atWarn().addKeyValue("appliance", name).log("a port did not close: {}", e.getMessage());
            }
        }
        if (portmapper != null) {
            portmapper.close();
        }
        open.forEach(Flow::abort);
    }
}
