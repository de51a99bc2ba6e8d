package io.culvert.gateway.relay;

import io.culvert.gateway.relay.Offers.Offer;
import io.culvert.gateway.relay.dedup.Mode;
import io.culvert.gateway.relay.portmap.NetId;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.CutProxy;
import io.culvert.gateway.stream.PeerStreams;
import io.culvert.gateway.stream.Sockets;
import io.culvert.gateway.stream.StreamListener;
import io.culvert.gateway.stream.TwoSites;
import io.culvert.proto.channel.ChannelKind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Clients of seoul and a server of busan, with the relay of both sites and a real stream between them through a line that can be cut.
 * Seoul listens on a port of the loopback for the server of busan.
 */
final class RelayedSites implements AutoCloseable {

    /** The appliance of busan that {@link #server} plays. */
    static final String DD = "dd";

    static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);

    private static final int PATIENCE_MILLIS = 30_000;
    private static final long IDS = 5;

    private final TwoSites sites;
    private final CutProxy line;
    private final ServerSocket server;
    private final AtomicLong sinceStartNanos = new AtomicLong();
    private final Flows near;
    private Flows far;
    private final Sockets.Listening listening;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Path scratch;
    private final AtomicInteger scratches = new AtomicInteger();
    private volatile DedupPolicy.Decision dedup = DedupPolicy.Decision.OFF;
    private final Map<String, InetSocketAddress> appliances = new ConcurrentHashMap<>();
    private volatile boolean granted = true;
    private volatile String ungranted = "";
    private volatile Duration hold = Duration.ofSeconds(300);
    private volatile Runnable beforeUp = () -> {};
    private volatile UnaryOperator<Channel> seen = UnaryOperator.identity();

    RelayedSites(TwoSites sites) throws Exception {
        this.sites = sites;
        scratch = Files.createTempDirectory("culvert-relayed-sites");
        server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        appliances.put(DD, new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()));
        near = flows(sites.seoul(), new SplittableRandom(IDS));
        far = flows(sites.busan(), new SplittableRandom());
        near.figures().keep(Set.of("dd"));
        far.figures().keep(Set.of("dd"));
        sites.busan()
                .onOpen(
                        ChannelKind.RELAY,
                        Flows.SERVED,
                        Flows.SERVED_OF_PEER,
                        (channel, opening) -> far.serve(seen.apply(channel), opening));
        sites.seoul().addListener(new StreamListener() {
            @Override
            public void up(String peer) {
                beforeUp.run();
            }

            @Override
            public void down(String peer, String why) {
                // is no news here
            }
        });
        sites.seoul().addListener(near);
        line = sites.dialFromSeoulThroughProxy();
        listening = listen(DD, server.getLocalPort());
    }

    /** Seoul listens on a port of the loopback for an appliance of busan. */
    Sockets.Listening listen(String appliance, int port) throws IOException {
        return near.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "busan",
                socket -> near.relay("busan", appliance, port, socket));
    }

    /** What names the first connection that a client makes. */
    static FlowId firstId() {
        return FlowId.draw(new SplittableRandom(IDS));
    }

    private Flows flows(PeerStreams streams, RandomGenerator random) {
        return new Flows(
                new Flows.Surroundings(
                        streams.sockets(),
                        (to, opening) -> seen.apply(streams.open(to, ChannelKind.RELAY, opening)),
                        new Granting(),
                        (appliance, port) -> dedup,
                        scratch.resolve(scratches.incrementAndGet() + ""),
                        () -> hold,
                        InstantSource.system(),
                        () -> System.nanoTime() + sinceStartNanos.get(),
                        locked(random)),
                CONNECT_LIMIT);
    }

    /** Seeded ones are not thread-safe. */
    private static RandomGenerator locked(RandomGenerator random) {
        ReentrantLock lock = new ReentrantLock();
        return () -> {
            lock.lock();
            try {
                return random.nextLong();
            } finally {
                lock.unlock();
            }
        };
    }

    private final class Granting implements Offers {

        @Override
        public Offer offer(String peer, String appliance, NetId by, int port) {
            InetSocketAddress target = appliances.get(appliance);
            if (!granted || peer.equals(ungranted)) {
                return new Offer.Refused("peer " + peer + " may not connect");
            }
            if (target == null) {
                return new Offer.Refused("busan has no appliance " + appliance + " of its own");
            }
            return target.getPort() == port
                    ? new Offer.Granted(target.getHostString())
                    : new Offer.Refused("appliance " + appliance + " has no service on port " + port);
        }

        @Override
        public Portmapper portmapper(String peer, String appliance) {
            return new Portmapper.Refused("nobody asks here");
        }
    }

    CutProxy line() {
        return line;
    }

    Flows near() {
        return near;
    }

    Flows far() {
        return far;
    }

    ServerSocket server() {
        return server;
    }

    /** Busan has an appliance more. */
    void offer(String appliance, InetSocketAddress target) {
        appliances.put(appliance, target);
    }

    /** This peer may connect to nothing. */
    void refuse(String peer) {
        ungranted = peer;
    }

    void grant(boolean on) {
        granted = on;
    }

    /** What holds for connections from now on. */
    void dedup(Mode mode) {
        dedup = new DedupPolicy.Decision(mode, false);
    }

    /** Bytes of what came from seoul before are other ones on busan's disk. */
    void damageReceived() throws IOException {
        try (Stream<Path> files = Files.walk(scratch);
                RandomAccessFile file = new RandomAccessFile(
                        files.filter(path -> path.endsWith(Path.of("seoul", "received")))
                                .findAny()
                                .orElseThrow()
                                .toFile(),
                        "rw")) {
            byte[] other = noise(123, (int) Math.min(file.length(), 4 << 20));
            file.write(other);
        }
    }

    /** How the relays of both sites see the channels that begin from now on. */
    void see(UnaryOperator<Channel> through) {
        seen = through;
    }

    /** What happens each time that seoul has a stream again, before its relay hears of it. */
    void beforeUp(Runnable action) {
        beforeUp = action;
    }

    void hold(Duration most) {
        hold = most;
    }

    /** Time passes, for those who hold connections. */
    void pass(Duration time) {
        sinceStartNanos.addAndGet(time.toNanos());
    }

    /** Busan's relay ends and another begins that knows nothing of what was; its streams go on. */
    void restartFar() {
        far = flows(sites.busan(), new SplittableRandom());
    }

    /** Nothing is left of any connection: no flow, nothing kept for one, no channel. */
    void awaitNothingLeft() throws InterruptedException {
        TwoSites.await(
                () -> near.views().isEmpty()
                        && far.views().isEmpty()
                        && near.keptBytes() == 0
                        && far.keptBytes() == 0
                        && sites.seoul().status("busan").openChannels() == 0
                        && sites.busan().status("seoul").openChannels() == 0,
                () -> "left: " + near.views() + far.views() + ", kept " + near.keptBytes() + " and " + far.keptBytes()
                        + ", channels " + sites.seoul().status("busan").openChannels() + " and "
                        + sites.busan().status("seoul").openChannels());
    }

    void awaitStreamAgain() throws InterruptedException {
        sites.awaitEvents("seoul: busan down", "busan: seoul down", "seoul: busan up", "busan: seoul up");
    }

    /** A client's end and the server's end of one relayed connection. */
    record Pair(Socket client, Socket server) {}

    Socket client() throws IOException {
        return client(listening.address());
    }

    Socket client(InetSocketAddress at) throws IOException {
        Socket client = new Socket();
        client.connect(at);
        return patient(client);
    }

    Socket clientFromPrivilegedPort() throws IOException {
        for (int port = 700; true; port++) {
            Socket client = new Socket();
            try {
                client.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                client.connect(listening.address());
                return patient(client);
            } catch (BindException taken) {
                client.close();
            }
        }
    }

    Pair connect() throws IOException {
        Socket client = client();
        client.getOutputStream().write('!');
        Socket accepted = accept();
        if (accepted.getInputStream().read() != '!') {
            throw new IOException("the first byte is another");
        }
        return new Pair(client, accepted);
    }

    Socket accept() throws IOException {
        return patient(server.accept());
    }

    /** Hands every connection that is made to the server over from now on, on a thread of its own. */
    void acceptAll(Consumer<Socket> served) {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket accepted = accept();
                    Thread.ofVirtual().start(() -> served.accept(accepted));
                }
            } catch (IOException e) {
                sockets.removeIf(Socket::isClosed); // the server was closed, which ends this
            }
        });
    }

    private Socket patient(Socket socket) throws IOException {
        socket.setSoTimeout(PATIENCE_MILLIS);
        sockets.add(socket);
        return socket;
    }

    static byte[] noise(long seed, int bytes) {
        byte[] noise = new byte[bytes];
        new SplittableRandom(seed).nextBytes(noise);
        return noise;
    }

    @Override
    public void close() throws IOException {
        near.close();
        far.close();
        listening.close();
        server.close();
        line.close();
        for (Socket socket : new ArrayList<>(sockets)) {
            socket.close();
        }
        try (Stream<Path> left = Files.walk(scratch)) {
            left.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }
}
