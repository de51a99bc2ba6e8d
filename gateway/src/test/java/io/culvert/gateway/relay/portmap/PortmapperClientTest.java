package io.culvert.gateway.relay.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against servers on loopback that answer as old, lazy or hostile portmappers do; a real rpcbind stands in RelayIT. */
final class PortmapperClientTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long XID = 0x43_75_6c_76L;

    /** What is written back to a call of a version; nothing closes the connection. */
    private interface Answer {
        Optional<byte[]> to(long version);
    }

    private final List<Long> versions = new CopyOnWriteArrayList<>();
    private @Nullable ServerSocket server;

    @AfterEach
    void close() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private List<Binding> dump(Answer answer, Duration limit) throws IOException {
        ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        server = listener;
        Thread.startVirtualThread(() -> {
            while (true) {
                try (Socket socket = listener.accept()) {
                    byte[] call = socket.getInputStream().readNBytes(44);
                    XdrInput in = new XdrInput(Calls.slice(call));
                    for (int i = 0; i < 5; i++) {
                        in.uint();
                    }
                    long version = in.uint();
                    versions.add(version);
                    Optional<byte[]> bytes = answer.to(version);
                    if (bytes.isPresent()) {
                        socket.getOutputStream().write(bytes.get());
                        assertThat(socket.getInputStream().read()).isNegative();
                    }
                } catch (IOException | MalformedXdrException e) {
                    if (listener.isClosed()) {
                        return;
                    }
                }
            }
        });
        return PortmapperClient.dump((InetSocketAddress) listener.getLocalSocketAddress(), limit);
    }

    private static XdrOutput accepted(long status) {
        return new XdrOutput().uint(XID).uint(1).uint(0).uint(0).uint(0).uint(status);
    }

    private static Optional<byte[]> record(XdrOutput reply) {
        return Optional.of(RecordAssembler.marked(reply.toBytes()));
    }

    private static XdrOutput rpcb(XdrOutput to, long program, long version, String netId, String address) {
        return to.flag(true)
                .uint(program)
                .uint(version)
                .string(netId)
                .string(address)
                .string("superuser");
    }

    @Test
    void takesWhatIsReachedByTheFamilyItCameBy() throws IOException {
        XdrOutput reply = accepted(0);
        rpcb(reply, 100_000, 4, "tcp", "0.0.0.0.0.111");
        rpcb(reply, 100_005, 3, "udp", "0.0.0.0.8.5");
        rpcb(reply, 100_005, 3, "tcp", "0.0.0.0.8.4");
        rpcb(reply, 100_005, 3, "tcp", "0.0.0.0.8.4");
        rpcb(reply, 100_005, 3, "tcp6", "::.9.9");
        rpcb(reply, 100_024, 1, "tcp", "127.0.0.1.9.9");
        rpcb(reply, 100_024, 1, "local", "/run/rpc.sock");
        rpcb(reply, 100_021, 1, "tcp", "0.0.0.0.0.0");
        rpcb(reply, 100_021, 1, "tcp", "0.0.0.0.300.1");
        reply.flag(false);

        assertThat(dump(version -> record(reply), PATIENCE))
                .containsExactly(
                        new Binding(100_005, 3, NetId.UDP, 2053, "superuser"),
                        new Binding(100_005, 3, NetId.TCP, 2052, "superuser"));
        assertThat(versions).containsExactly(4L);
    }

    @Test
    void fallsBackToVersionTwo() throws IOException {
        Answer old = version -> switch ((int) version) {
            case 4 -> record(accepted(2).uint(2).uint(2));
            case 3 -> Optional.empty();
            default ->
                record(accepted(0)
                        .flag(true)
                        .uint(100_003)
                        .uint(3)
                        .uint(6)
                        .uint(2049)
                        .flag(true)
                        .uint(100_003)
                        .uint(3)
                        .uint(99)
                        .uint(2049)
                        .flag(false));
        };
        assertThat(dump(old, PATIENCE)).containsExactly(new Binding(100_003, 3, NetId.TCP, 2049, "unknown"));
        assertThat(versions).containsExactly(4L, 3L, 2L);
    }

    @Test
    void saysWhyItLearnsNothing() {
        Answer denying = version ->
                record(new XdrOutput().uint(XID).uint(1).uint(1).uint(1).uint(5));
        assertThatThrownBy(() -> dump(denying, PATIENCE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not tell what it has: it denies version 2");
    }

    @Test
    void waitsForALimitedTimeInAllThoughBytesDrip() {
        Answer silent = version -> Optional.of(new byte[] {(byte) 0x80});
        assertThatThrownBy(() -> dump(silent, Duration.ofMillis(200))).hasMessageContaining("does not answer within");
    }

    @Test
    void refusesRecordsAndListsWithoutEnd() throws IOException {
        Answer huge = version -> Optional.of(new byte[] {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 1, 2, 3});
        assertThatThrownBy(() -> dump(huge, PATIENCE)).hasMessageContaining("at most 65536");
        close();

        XdrOutput reply = accepted(0);
        for (int i = 0; i <= DumpAnswer.MAX_ENTRIES; i++) {
            reply.flag(true).uint(100_003).uint(3).uint(6).uint(2049);
        }
        assertThatThrownBy(() -> DumpAnswer.read(Calls.slice(reply.flag(false).toBytes()), XID, 2, false))
                .isInstanceOf(MalformedXdrException.class)
                .hasMessageContaining("more than 1024 entries");
    }

    @Test
    void noBytesMakeItFail() {
        XdrOutput reply = accepted(0);
        rpcb(reply, 100_005, 3, "tcp", "0.0.0.0.8.4");
        rpcb(reply, 100_005, 3, "udp6", "::.8.4");
        byte[] whole = reply.flag(false).toBytes();
        for (long seed = 0; seed < 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] bytes = java.util.Arrays.copyOf(
                    whole, random.nextInt(4) == 0 ? random.nextInt(whole.length) : whole.length);
            for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(DumpAnswer.read(Calls.slice(bytes), XID, 2 + random.nextInt(3), random.nextBoolean()))
                        .isNotNull();
            } catch (MalformedXdrException refused) {
                assertThat(refused).hasMessageNotContaining("null");
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void aNameThatIsNotKnownIsSaid() {
        InetSocketAddress nowhere = InetSocketAddress.createUnresolved("dd1.invalid", 111);
        assertThatThrownBy(() -> PortmapperClient.dump(nowhere, PATIENCE))
                .hasMessage("the name dd1.invalid is not known here");
    }
}
