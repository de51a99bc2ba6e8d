package io.culvert.gateway.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.relay.portmap.Clients;
import io.culvert.gateway.relay.portmap.NetId;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.testing.Await;
import io.culvert.proto.v1.DatagramOpening;
import io.culvert.siteconfig.Network;
import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both ends of relayed datagrams with channels in memory, and real sockets of clients and a server on loopback. */
final class DatagramsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
    private static final Datagrams.Bounds USUAL = Datagrams.Bounds.USUAL;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<PairedChannel> channels = new CopyOnWriteArrayList<>();
    private final List<DatagramOpening> openings = new CopyOnWriteArrayList<>();
    private final List<InetAddress> strangers = new CopyOnWriteArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final Figures figures = new Figures(InstantSource.system(), System::nanoTime);
    private final AtomicInteger ended = new AtomicInteger();
    private volatile boolean granted = true;
    private DatagramSocket server;
    private int port;

    @BeforeEach
    void serve() throws IOException {
        figures.keep(Set.of("dd"));
        server = new DatagramSocket(new InetSocketAddress("127.0.0.2", 0));
        opened.add(server);
        server.setSoTimeout((int) PATIENCE.toMillis());
        port = server.getLocalPort();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    /** The near end, at the same port as the server, whose far end is here. */
    private Datagrams datagrams(Datagrams.Bounds bounds, Network... clients) throws IOException {
        DatagramServer far = new DatagramServer(offers(), System::nanoTime, figures);
        Association.Opener through = opening -> {
            PairedChannel[] ends = PairedChannel.pair();
            channels.add(ends[0]);
            openings.add(opening);
            Slice payload = Slice.of(opening.toByteArray());
            Thread.startVirtualThread(() -> {
                try (Channel channel = ends[1]) {
                    far.serve(channel, payload);
                } catch (IOException | InterruptedException e) {
                    Thread.currentThread().interrupt();
                } finally {
                    ended.incrementAndGet();
                }
            });
            return ends[0];
        };
        Datagrams datagrams = new Datagrams(
                "dd",
                HERE,
                through,
                new Clients(List.of(clients), strangers::add),
                bounds,
                System::nanoTime,
                failures::add);
        opened.add(datagrams);
        Closeable open = datagrams.open(port);
        opened.add(open);
        return datagrams;
    }

    private Offers offers() {
        return new Offers() {
            @Override
            public Offer offer(String peer, String appliance, NetId by, int asked) {
                return granted && by == NetId.UDP && asked == port && appliance.equals("dd")
                        ? new Offer.Granted("127.0.0.2")
                        : new Offer.Refused("not granted");
            }

            @Override
            public Portmapper portmapper(String peer, String appliance) {
                return new Portmapper.Refused("not asked here");
            }
        };
    }

    private DatagramSocket client(String from, int fromPort) throws IOException {
        DatagramSocket client = new DatagramSocket(new InetSocketAddress(from, fromPort));
        opened.add(client);
        client.setSoTimeout((int) PATIENCE.toMillis());
        client.connect(HERE, port);
        return client;
    }

    private static void send(DatagramSocket socket, byte[] bytes) throws IOException {
        socket.send(new DatagramPacket(bytes, bytes.length));
    }

    private static DatagramPacket received(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[70_000], 70_000);
        socket.receive(packet);
        return packet;
    }

    private static byte[] bytes(DatagramPacket packet) {
        return java.util.Arrays.copyOf(packet.getData(), packet.getLength());
    }

    @Test
    void datagramsPassBothWaysWholeAndEachClientHasItsOwnSocket() throws IOException {
        Datagrams datagrams = datagrams(USUAL);
        DatagramSocket one = client("127.0.0.1", 0);
        DatagramSocket two = client("127.0.0.1", 0);
        byte[] large = new byte[65_507];
        large[65_506] = 7;
        for (byte[] sent : new byte[][] {"hello".getBytes(US_ASCII), new byte[1], large}) {
            send(one, sent);
            DatagramPacket came = received(server);
            assertThat(bytes(came)).isEqualTo(sent);
            server.send(new DatagramPacket(sent, sent.length, came.getSocketAddress()));
            assertThat(bytes(received(one))).isEqualTo(sent);
        }
        send(two, new byte[] {2});
        int port = received(server).getPort();
        send(one, new byte[] {1});
        assertThat(received(server).getPort()).isNotEqualTo(port);
        assertThat(openings).hasSize(2).noneMatch(DatagramOpening::getPrivileged);
        assertThat(openings.getFirst().getClient()).isEqualTo("127.0.0.1:" + one.getLocalPort());
        assertThat(datagrams.size()).isEqualTo(2);
        assertThat(figures.of("dd").figures().datagramClients()).isEqualTo(2);
    }

    @Test
    void whatIsIdleIsClosedAtBothEnds() throws Exception {
        Datagrams datagrams =
                datagrams(new Datagrams.Bounds(256, 2 << 20, Duration.ofMillis(200), Duration.ofSeconds(10)));
        send(client("127.0.0.1", 0), new byte[] {1});
        received(server);
        Await.until("both ends are closed", PATIENCE, () -> datagrams.size() == 0 && ended.get() == 1);
    }

    @Test
    void associationsAreBoundedAndTheQuietestMakesRoom() throws Exception {
        Datagrams datagrams = datagrams(new Datagrams.Bounds(4, 2 << 20, Duration.ofHours(1), Duration.ofMillis(300)));
        List<DatagramSocket> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(client("127.0.0.1", 0));
            send(clients.getLast(), new byte[] {(byte) i});
        }
        Await.until("all were looked at", PATIENCE, () -> openings.size() >= 4);
        assertThat(datagrams.size()).isLessThanOrEqualTo(4);

        Await.until("a new one has room", PATIENCE, () -> {
            send(clients.get(19), new byte[] {99});
            return openings.stream()
                    .anyMatch(opening ->
                            opening.getClient().endsWith(":" + clients.get(19).getLocalPort()));
        });
        assertThat(datagrams.size()).isLessThanOrEqualTo(4);
    }

    @Test
    void whatIsNotGrantedIsLostAndAskedForOncePerSecondAtMost() throws Exception {
        granted = false;
        Datagrams datagrams = datagrams(USUAL);
        DatagramSocket client = client("127.0.0.1", 0);
        send(client, new byte[] {1});
        Await.until("it is refused", PATIENCE, () -> ended.get() == 1 && datagrams.size() == 0);
        for (int i = 0; i < 100; i++) {
            send(client, new byte[] {1});
        }
        assertThat(openings).hasSizeLessThan(3);
        assertThat(failures).first().asString().contains(":" + port + "/udp are dropped: ", "not granted");
        assertThat(figures.of("dd").figures().lastError().orElseThrow().sentence())
                .isEqualTo("datagrams of 127.0.0.1:" + client.getLocalPort() + " are refused: not granted");

        granted = true;
        Await.until("it goes on when it is granted", PATIENCE, () -> {
            send(client, new byte[] {2});
            return datagrams.size() == 1;
        });
        assertThat(bytes(received(server))).containsExactly(2);
    }

    @Test
    void aLostStreamLosesDatagramsAndNothingElse() throws Exception {
        datagrams(USUAL);
        DatagramSocket client = client("127.0.0.1", 0);
        send(client, new byte[] {1});
        received(server);
        channels.getFirst().reset(io.culvert.proto.channel.ResetCode.STOPPING, "cut");
        Await.until("its far end is closed", PATIENCE, () -> ended.get() == 1);

        Await.until("a new channel is opened", PATIENCE, () -> {
            send(client, new byte[] {2});
            return openings.size() == 2;
        });
        assertThat(bytes(received(server))).containsExactly(2);
    }

    @Test
    void whoIsNotListedIsNotHeard() throws IOException {
        datagrams(USUAL, Network.parse("127.0.5.0/24"));
        DatagramSocket stranger = client("127.0.6.1", 0);
        send(stranger, new byte[] {1});
        DatagramSocket listed = client("127.0.5.1", 0);
        send(listed, new byte[] {2});
        assertThat(bytes(received(server))).containsExactly(2);
        server.setSoTimeout(200);
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> received(server)))
                .isInstanceOf(SocketTimeoutException.class);
        assertThat(strangers).containsExactly(InetAddress.ofLiteral("127.0.6.1"));
    }
}
