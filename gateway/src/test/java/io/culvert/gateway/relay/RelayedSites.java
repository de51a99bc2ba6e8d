package io.culvert.gateway.relay;

import io.culvert.gateway.relay.Offers.Offer;
import io.culvert.gateway.relay.portmap.NetId;
import io.culvert.gateway.stream.CutProxy;
import io.culvert.gateway.stream.PeerStreams;
import io.culvert.gateway.stream.Sockets;
import io.culvert.gateway.stream.TwoSites;
import io.culvert.proto.channel.ChannelKind;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Clients of seoul and a server of busan, with the relay of both sites and a real stream between them through a line that can be cut.
 * Seoul listens on a port of the loopback for the server of busan.
 */
final class RelayedSites implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 30_000;

    private final TwoSites sites;
    private final CutProxy line;
    private final ServerSocket server;
    private final AtomicLong sinceStartNanos = new AtomicLong();
    private final Flows near;
    private Flows far;
    private final Sockets.Listening listening;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean granted = true;
    private volatile Duration hold = Duration.ofSeconds(300);

    RelayedSites(TwoSites sites) throws Exception {
        this.sites = sites;
        server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        near = flows(sites.seoul());
        far = flows(sites.busan());
        near.figures().keep(Set.of("dd"));
        far.figures().keep(Set.of("dd"));
        sites.busan().onOpen(ChannelKind.RELAY, (channel, opening) -> far.serve(channel, opening));
        sites.seoul().addListener(near);
        line = sites.dialFromSeoulThroughProxy();
        listening = near.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "busan",
                socket -> near.relay("busan", "dd", server.getLocalPort(), socket));
    }

    private Flows flows(PeerStreams streams) {
        return new Flows(new Flows.Surroundings(
                streams.sockets(),
                (to, opening) -> streams.open(to, ChannelKind.RELAY, opening),
                new Granting(),
                () -> hold,
                InstantSource.system(),
                () -> System.nanoTime() + sinceStartNanos.get(),
                RandomGenerator.of("L64X128MixRandom")));
    }

    private final class Granting implements Offers {

        @Override
        public Offer offer(String peer, String appliance, NetId by, int port) {
            return granted ? new Offer.Granted("127.0.0.1") : new Offer.Refused("not granted");
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

    void grant(boolean on) {
        granted = on;
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
        far = flows(sites.busan());
    }

    void awaitStreamAgain() throws InterruptedException {
        sites.awaitEvents("seoul: busan down", "busan: seoul down", "seoul: busan up", "busan: seoul up");
    }

    /** A client's end and the server's end of one relayed connection. */
    record Pair(Socket client, Socket server) {}

    Socket client() throws IOException {
        Socket client = new Socket();
        client.connect(listening.address());
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
        Socket accepted = patient(server.accept());
        if (accepted.getInputStream().read() != '!') {
            throw new IOException("the first byte is another");
        }
        return new Pair(client, accepted);
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
    }
}
