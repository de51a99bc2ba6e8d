package io.culvert.gateway.relay.portmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.testing.Await;
import io.culvert.siteconfig.Network;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The real listener on loopback addresses, against clients that behave ill. */
final class PortmapListenerTest {

    private static final int PATIENCE_MILLIS = 30_000;
    private static final Duration PATIENCE = Duration.ofMillis(PATIENCE_MILLIS);
    private static final Duration LONG = Duration.ofHours(1);
    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
    private static final AnswerBudget.Rates RICH = new AnswerBudget.Rates(100_000, 100_000, 100_000, 100_000);
    private static final byte[] NULL_CALL = Calls.portmapper(2, 0).toBytes();
    private static final byte[] DUMP_CALL = Calls.portmapper(3, 4).toBytes();

    private final List<InetAddress> strangers = new CopyOnWriteArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    private PortmapListener listener(String clients, Duration idle, AnswerBudget.Rates rates) throws IOException {
        PortmapListener listener = new PortmapListener(
                HERE,
                new Clients(clients.isEmpty() ? List.of() : List.of(Network.parse(clients)), strangers::add),
                asked::incrementAndGet,
                () -> Instant.EPOCH,
                new PortmapListener.Bounds(0, 128, 64, idle, rates));
        opened.add(listener);
        listener.bind();
        listener.bind();
        listener.show(List.of(new Binding(100_003, 3, NetId.TCP, 2049, "superuser")));
        return listener;
    }

    private Socket connect(PortmapListener listener, String from) throws IOException {
        Socket socket = new Socket();
        opened.add(socket);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(listener.tcpAddress().orElseThrow(), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** Whether a call of NULL is answered. */
    private static boolean answers(Socket socket) {
        try {
            socket.getOutputStream().write(RecordAssembler.marked(NULL_CALL));
            return socket.getInputStream().readNBytes(28).length == 28;
        } catch (IOException e) {
            return false;
        }
    }

    /** The same over a connection that may be reset while it is made. */
    private boolean isServed(PortmapListener listener, String from) {
        try {
            return answers(connect(listener, from));
        } catch (IOException reset) {
            return false;
        }
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void aCallIsAnsweredAndAReasonToLearn() throws IOException {
        PortmapListener listener = listener("", LONG, RICH);
        Socket socket = connect(listener, "127.0.0.1");
        for (int i = 1; i <= 3; i++) {
            assertThat(answers(socket)).isTrue();
            assertThat(asked).hasValue(i);
        }
    }

    @Test
    void recordsThatAreTooLongOrInTooManyPiecesCloseTheConnection() throws IOException {
        PortmapListener listener = listener("", LONG, RICH);
        Socket huge = connect(listener, "127.0.0.1");
        huge.getOutputStream().write(new byte[] {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0, 0, 0, 7});
        assertThat(isClosed(huge)).isTrue();

        Socket endless = connect(listener, "127.0.0.1");
        endless.getOutputStream().write(new byte[4 * (RecordAssembler.MAX_FRAGMENTS + 1)]);
        assertThat(isClosed(endless)).isTrue();

        Socket credential = connect(listener, "127.0.0.1");
        byte[] call = Calls.call(Bindings.PORTMAPPER, 2, 0, 1, new byte[0]).toBytes();
        ByteBuffer.wrap(call).putInt(28, 0xffff_ffff);
        credential.getOutputStream().write(RecordAssembler.marked(call));
        assertThat(isClosed(credential)).isTrue();
        assertThat(asked).hasValue(0);
        assertThat(answers(connect(listener, "127.0.0.1"))).isTrue();
    }

    @Test
    void whoSaysNothingOrDripsBytesIsClosedWhenIdle() throws IOException {
        PortmapListener listener = listener("", Duration.ofMillis(300), RICH);
        Socket silent = connect(listener, "127.0.0.1");
        Socket dripping = connect(listener, "127.0.0.2");
        Thread drip = Thread.startVirtualThread(() -> {
            try {
                for (byte b : RecordAssembler.marked(new byte[2_000])) {
                    dripping.getOutputStream().write(b);
                    Thread.onSpinWait();
                    java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
                }
            } catch (IOException closed) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(isClosed(silent)).isTrue();
        assertThat(isClosed(dripping)).isTrue();
        drip.interrupt();
    }

    @Test
    void whoCallsAndDoesNotReadIsClosedWhenIdle() throws Exception {
        PortmapListener listener = listener("", Duration.ofMillis(500), RICH);
        Socket deaf = connect(listener, "127.0.0.1");
        byte[] call = RecordAssembler.marked(DUMP_CALL);
        Thread caller = Thread.startVirtualThread(() -> {
            try {
                while (true) {
                    deaf.getOutputStream().write(call);
                }
            } catch (IOException closed) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(caller.join(PATIENCE)).as("its writes end").isTrue();
    }

    @Test
    void aThousandSilentConnectionsTakeNoMoreThanTheirPlaces() throws Exception {
        PortmapListener listener = listener("", LONG, RICH);
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            sockets.add(connect(listener, "127.0.1." + (1 + i % 8)));
            sockets.getLast().setSoTimeout(1);
        }
        List<Socket> held = new ArrayList<>(sockets);
        Await.until("the others are closed", PATIENCE, () -> {
            for (Socket socket : List.copyOf(held)) {
                if (isClosed(socket)) {
                    held.remove(socket);
                }
            }
            return held.size() <= 128;
        });
        assertThat(held).hasSize(128);
        assertThat(isServed(listener, "127.0.2.1")).isFalse();

        for (Socket socket : held) {
            socket.close();
        }
        Await.until("the next one is served", PATIENCE, () -> isServed(listener, "127.0.2.1"));
    }

    @Test
    void oneAddressLeavesPlacesToOthers() throws IOException {
        PortmapListener listener = listener("", LONG, RICH);
        for (int i = 0; i < 200; i++) {
            connect(listener, "127.0.0.2");
        }
        assertThat(answers(connect(listener, "127.0.0.3"))).isTrue();
    }

    @Test
    void whoIsNotListedIsResetAndNotAnswered() throws IOException {
        PortmapListener listener = listener("127.0.5.0/24", LONG, RICH);
        assertThat(answers(connect(listener, "127.0.5.9"))).isTrue();
        assertThat(isServed(listener, "127.0.6.9")).isFalse();
        assertThat(call(listener, "127.0.5.9", DUMP_CALL))
                .as("a listed one gets long answers")
                .isPresent();
        assertThat(call(listener, "127.0.6.9", NULL_CALL)).isEmpty();
        assertThat(strangers).containsOnly(InetAddress.ofLiteral("127.0.6.9")).hasSize(2);
    }

    @Test
    void withoutAListNobodyGetsLongAnswersByUdp() throws IOException {
        PortmapListener listener = listener("", LONG, RICH);
        assertThat(call(listener, "127.0.0.9", NULL_CALL)).isPresent();
        assertThat(call(listener, "127.0.0.9", Calls.portmapper(2, 4).toBytes()))
                .isEmpty();
        assertThat(call(listener, "127.0.0.9", DUMP_CALL)).isEmpty();
        assertThat(call(listener, "127.0.0.9", Calls.portmapper(4, 12).toBytes()))
                .isEmpty();
    }

    private static Optional<byte[]> call(PortmapListener listener, String from, byte[] call) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(from, 0))) {
            socket.connect(listener.udpAddress().orElseThrow());
            socket.setSoTimeout(500);
            socket.send(new DatagramPacket(call, call.length));
            DatagramPacket reply = new DatagramPacket(new byte[8 << 10], 8 << 10);
            socket.receive(reply);
            return Optional.of(java.util.Arrays.copyOf(reply.getData(), reply.getLength()));
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        }
    }

    @Test
    void aFloodByUdpIsAnsweredWithinItsBudgetAndDoesNotStopOthers() throws Exception {
        PortmapListener listener = listener("", LONG, new AnswerBudget.Rates(1, 20, 10, 1_000));
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("127.0.0.9", 0))) {
            socket.connect(listener.udpAddress().orElseThrow());
            for (int i = 0; i < 5_000; i++) {
                socket.send(new DatagramPacket(NULL_CALL, NULL_CALL.length));
            }
            int answers = 0;
            socket.setSoTimeout(1_000);
            try {
                while (answers < 5_000) {
                    socket.receive(new DatagramPacket(new byte[100], 100));
                    answers++;
                }
            } catch (SocketTimeoutException e) {
                assertThat(answers).isBetween(1, 100);
            }
            assertThat(answers).isLessThan(5_000);
        }
        assertThat(call(listener, "127.0.77.1", NULL_CALL))
                .as("another network")
                .isPresent();
        assertThat(answers(connect(listener, "127.0.0.9"))).as("by TCP").isTrue();
    }

    @Test
    void theBudgetIsOfANetworkAndOfAllAndRemembersFew() {
        long[] nanos = {0};
        AnswerBudget budget = new AnswerBudget(new AnswerBudget.Rates(2, 3, 5, 5), () -> nanos[0]);
        int taken = 0;
        for (int i = 0; i < 10; i++) {
            taken += budget.take(InetAddress.ofLiteral("10.1.1." + i)) ? 1 : 0;
        }
        assertThat(taken).as("of one network").isEqualTo(3);
        for (int i = 0; i < 10; i++) {
            taken += budget.take(InetAddress.ofLiteral("10.2." + i + ".1")) ? 1 : 0;
        }
        assertThat(taken).as("of all").isEqualTo(5);
        nanos[0] += Duration.ofSeconds(1).toNanos();
        assertThat(budget.take(InetAddress.ofLiteral("10.1.1.9"))).isTrue();
        for (int i = 0; i < 5_000; i++) {
            budget.take(Inet4Address.ofLiteral("10.%d.%d.1".formatted(i / 250, i % 250)));
        }
        assertThat(budget.remembered()).isEqualTo(AnswerBudget.MAX_NETWORKS);
    }
}
