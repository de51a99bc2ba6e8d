package io.culvert.gateway.probe;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes that systems between sites look for, where the facts say that they look. */
final class PayloadsTest {

    @Test
    void theCallIsGetportOfNfsInOneRecord() {
        String hex = HexFormat.of().formatHex(Payloads.call());
        assertThat(hex).hasSize(2 * Payloads.CALL_BYTES).startsWith("80000038");
        assertThat(hex.substring(16, 24)).as("a call, at 8").isEqualTo("00000000");
        assertThat(hex.substring(24, 40))
                .as("of RPC 2 to the portmapper, at 12")
                .isEqualTo("00000002000186a0");
        assertThat(hex.substring(40, 56)).as("version 2, GETPORT, at 20").isEqualTo("0000000200000003");
        assertThat(hex.substring(88)).as("NFS 3 by TCP, at 44").isEqualTo("000186a3000000030000000600000000");
    }

    @Test
    void theCallByUdpHasNoRecordMarkAndNoEffect() {
        String hex = HexFormat.of().formatHex(Payloads.nullCall());
        assertThat(hex).hasSize(80);
        assertThat(hex.substring(8)).startsWith("00000000" + "00000002" + "000186a0" + "00000002" + "00000000");
    }

    @Test
    void textIsAsLongAsTheCallAndIsNoCall() {
        byte[] text = Payloads.benign(Payloads.CALL_BYTES);
        assertThat(text).hasSameSizeAs(Payloads.call());
        assertThat(text[8]).isNotZero();
        assertThat(Payloads.benign(5_000)).hasSize(5_000);
    }

    @Test
    void whatPingPrintsIsRead() {
        Facts.Echo echo = PingProgram.read("""
                PING 10.78.2.2 (10.78.2.2) 56(84) bytes of data.
                64 bytes from 10.78.2.2: icmp_seq=1 ttl=63 time=0.125 ms
                64 bytes from 10.78.2.2: icmp_seq=2 ttl=63 time=0.375 ms

                --- 10.78.2.2 ping statistics ---
                5 packets transmitted, 2 received, 60% packet loss, time 812ms
                """);
        assertThat(echo.answered()).isEqualTo(2);
        assertThat(echo.hopLimit()).hasValue(63);
        assertThat(echo.roundTripMillis()).hasValue(0.25);
        assertThat(PingProgram.read("").isAlive()).isFalse();
    }

    @Test
    void theFirstBytesOfTlsAreAClientHelloWithOrWithoutAProtocol() throws Exception {
        byte[] hello = new TlsWitness().hello(Expectation.NONE);
        byte[] bare = new TlsWitness().hello(Expectation.NONE, List.of());
        for (byte[] one : List.of(hello, bare)) {
            assertThat(one[0]).as("a handshake").isEqualTo((byte) 22);
            assertThat(one[5]).as("a ClientHello").isEqualTo((byte) 1);
        }
        String alpn = "0010" + "0005" + "0003" + "02" + HexFormat.of().formatHex("h2".getBytes(US_ASCII)); // RFC 7301
        assertThat(HexFormat.of().formatHex(hello)).contains(alpn);
        assertThat(HexFormat.of().formatHex(bare)).doesNotContain(alpn);
    }

    @Test
    void theChecksumOfAnEchoRequestIsThatOfIp() {
        // RFC 1071, section 3: the sum of these is ddf2
        assertThat(Pinging.checksum(HexFormat.of().parseHex("0001f203f4f5f6f7")))
                .isEqualTo((short) ~0xddf2);
    }
}
