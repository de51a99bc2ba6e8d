package io.culvert.gateway.relay.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What needs no rpcbind beside it; the bytes were taken from one (1.2.6, Debian 12). */
final class PortmapperTest {

    private final Bindings bindings = new Bindings(List.of(
            new Binding(100_003, 3, NetId.TCP, 2049, "superuser"),
            new Binding(100_005, 1, NetId.TCP, 2052, "superuser"),
            new Binding(100_005, 3, NetId.UDP, 2052, "superuser")));

    private final Portmapper portmapper;

    PortmapperTest() throws IOException {
        portmapper = new Portmapper(
                (Inet4Address) InetAddress.getByName("10.99.7.1"), () -> bindings, () -> Instant.ofEpochSecond(5));
    }

    private String answer(byte[] call) throws MalformedXdrException {
        return portmapper
                .answer(Calls.slice(call), NetId.TCP, false)
                .map(Calls::hex)
                .orElse("silence");
    }

    private Optional<byte[]> overUdp(byte[] call) throws MalformedXdrException {
        return portmapper.answer(Calls.slice(call), NetId.UDP, false);
    }

    private static final String ACCEPTED = "00000007" + "00000001" + "00000000" + "00000000" + "00000000";

    @Test
    void goldenBytes() throws MalformedXdrException {
        assertThat(answer(Calls.pmap(3, 100_003, 3, 6, 0))).isEqualTo(ACCEPTED + "00000000" + "00000801");
        assertThat(answer(Calls.rpcb(4, 3, 100_003, 3, "tcp", "")))
                .isEqualTo(ACCEPTED + "00000000" + "0000000d" + "31302e39392e372e312e382e31" + "000000");
        assertThat(answer(Calls.pmap(1, 100_003, 3, 6, 2049)))
                .isEqualTo("00000007" + "00000001" + "00000001" + "00000001" + "00000005");
        assertThat(answer(Calls.portmapper(5, 0).toBytes())).isEqualTo(ACCEPTED + "00000002" + "00000002" + "00000004");
        assertThat(answer(Calls.call(100_003, 3, 0).toBytes())).isEqualTo(ACCEPTED + "00000001");
        assertThat(answer(Calls.portmapper(2, 6).toBytes())).isEqualTo(ACCEPTED + "00000003");
    }

    @Test
    void anUnregisteredVersionIsAnsweredWithTheProgramButNotByGetversaddr() throws MalformedXdrException {
        assertThat(answer(Calls.pmap(3, 100_003, 9, 6, 0))).endsWith("00000801");
        assertThat(answer(Calls.rpcb(4, 9, 100_003, 9, "tcp", ""))).isEqualTo(ACCEPTED + "00000000" + "00000000");
        assertThat(answer(Calls.pmap(3, 77, 1, 6, 0))).endsWith("00000000");
    }

    @Test
    void strangersGetNoLongAnswersOverUdp() throws MalformedXdrException {
        SplittableRandom random = new SplittableRandom(1);
        for (long version = 2; version <= 4; version++) {
            for (long procedure = 0; procedure <= 13; procedure++) {
                for (int i = 0; i < 20; i++) {
                    byte[] arguments = new byte[4 * random.nextInt(12)];
                    XdrOutput call = Calls.portmapper(version, procedure);
                    for (int at = 0; at < arguments.length; at += 4) {
                        call.uint(random.nextInt(3) * 50_001L);
                    }
                    byte[] bytes = call.toBytes();
                    overUdp(bytes).ifPresent(reply -> assertThat(reply.length).isLessThan(2 * bytes.length));
                }
            }
        }
        assertThat(overUdp(Calls.portmapper(3, 4).toBytes())).isEmpty();
        assertThat(portmapper.answer(Calls.slice(Calls.portmapper(3, 4).toBytes()), NetId.UDP, true))
                .isPresent();
    }

    @Test
    void whatItWasAskedIsToldByGetstat() throws MalformedXdrException {
        answer(Calls.pmap(3, 100_003, 3, 6, 0));
        answer(Calls.pmap(3, 77, 1, 6, 0));
        answer(Calls.pmap(3, 77, 1, 6, 0));
        String told = answer(Calls.portmapper(4, 12).toBytes());
        String none = "00000000";
        assertThat(told.substring(48))
                .startsWith(none.repeat(3) + "00000003" + none.repeat(11)
                        + "00000001" + "0000004d" + "00000001" + none + "00000002" + "00000003" + "74637000"
                        + "00000001" + "000186a3" + "00000003" + "00000001" + none + "00000003" + "74637000"
                        + none);
    }

    @Test
    void aCredentialOfFourGigabytesIsNotRead() {
        byte[] call = Calls.call(Bindings.PORTMAPPER, 2, 0, 1, new byte[0]).toBytes();
        java.nio.ByteBuffer.wrap(call).putInt(28, 0xffff_ffff);
        assertThatThrownBy(() -> answer(call))
                .isInstanceOf(MalformedXdrException.class)
                .hasMessageContaining("4294967295");
    }

    @Test
    void noBytesMakeItFail() {
        for (long seed = 0; seed < 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] call = random.nextBoolean()
                    ? Calls.rpcb(2 + random.nextInt(3), random.nextInt(14), 100_003, 3, "tcp", "1.2.3.4.5.6")
                    : Calls.call(100_000, 2 + random.nextInt(3), random.nextInt(14), 1, Calls.unix("client", 2))
                            .uint(random.nextInt())
                            .toBytes();
            for (int i = random.nextInt(4); i > 0; i--) {
                call[random.nextInt(call.length)] = (byte) random.nextInt();
            }
            byte[] cut =
                    java.util.Arrays.copyOf(call, random.nextInt(4) == 0 ? random.nextInt(call.length) : call.length);
            try {
                portmapper
                        .answer(Calls.slice(cut), random.nextBoolean() ? NetId.TCP : NetId.UDP, random.nextBoolean())
                        .ifPresent(reply -> assertThat(reply.length % 4).isZero());
            } catch (MalformedXdrException refused) {
                assertThat(refused).hasMessageNotContaining("null");
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void theStatisticsAreBounded() throws MalformedXdrException {
        for (int program = 0; program < 10_000; program++) {
            answer(Calls.pmap(3, program, 1, 6, 0));
        }
        assertThat(answer(Calls.portmapper(4, 12).toBytes()).length() / 2).isLessThan(1000 + Statistics.MAX_NAMED * 32);
    }
}
