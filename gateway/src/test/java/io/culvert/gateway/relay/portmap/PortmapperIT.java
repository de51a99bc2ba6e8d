package io.culvert.gateway.relay.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.gateway.testing.DebianPackage;
import io.culvert.gateway.testing.Shell;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The portmapper beside a real rpcbind that has the same programs, asked the same: the same bytes must come. */
final class PortmapperIT {

    private static final String ADDRESS = "10.99.7.1";
    private static final String ADDRESS6 = "fd00:99::7:1";
    private static final List<Binding> PROGRAMS6 = List.of(
            new Binding(200_003, 3, NetId.TCP, 2049, "superuser"),
            new Binding(200_003, 4, NetId.TCP, 2050, "superuser"),
            new Binding(200_003, 3, NetId.UDP, 2049, "superuser"));
    private static final List<Binding> PROGRAMS = List.of(
            new Binding(100_003, 3, NetId.TCP, 2049, "superuser"),
            new Binding(100_003, 4, NetId.TCP, 2049, "superuser"),
            new Binding(100_005, 1, NetId.TCP, 2052, "superuser"),
            new Binding(100_005, 3, NetId.TCP, 2053, "superuser"),
            new Binding(100_005, 3, NetId.UDP, 2053, "superuser"));

    private static Process rpcbind;
    private static PrintStream asked;
    private static BufferedReader answered;
    private static Path directory;

    private final Bindings bindings = new Bindings(PROGRAMS);
    private final Portmapper portmapper;

    PortmapperIT() throws IOException {
        portmapper = new Portmapper(
                (Inet4Address) InetAddress.getByName(ADDRESS), () -> bindings, () -> Instant.ofEpochSecond(5));
    }

    /** In namespaces of its own, where it may have port 111, {@code /run} and a loopback address. */
    @BeforeAll
    static void start() throws Exception {
        assumeTrue(Shell.isRoot(), "skipped: a namespace for rpcbind needs root");
        DebianPackage.require("rpcbind", "rpcbind", "rpcbind.service", "rpcbind.socket");
        directory = Files.createTempDirectory("culvert-rpcbind-");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        rpcbind = new ProcessBuilder("unshare", "-m", "-n", "bash", "-euc", """
                        mount --make-rprivate /; mount -t tmpfs tmpfs /run; mkdir -p /run/rpcbind /run/sendsigs.omit.d
                        ip link set lo up; ip addr add %s/32 dev lo; ip -6 addr add %s/128 dev lo
                        rpcbind -f -w & trap "kill $!" EXIT
                        until [ -S /run/rpcbind.sock ]; do sleep 0.05; done
                        "%s" -cp "%s" %s %s %s
                        """.formatted(
                                ADDRESS,
                                ADDRESS6,
                                java,
                                System.getProperty("java.class.path"),
                                RpcExchange.class.getName(),
                                ADDRESS,
                                ADDRESS6))
                .redirectError(directory.resolve("log").toFile())
                .start();
        asked = new PrintStream(rpcbind.getOutputStream(), true, StandardCharsets.US_ASCII);
        answered = new BufferedReader(new InputStreamReader(rpcbind.getInputStream(), StandardCharsets.US_ASCII));
        for (Binding program : PROGRAMS) {
            String address = "0.0.0.0." + (program.port() >> 8) + "." + (program.port() & 0xff);
            byte[] set = Calls.rpcb(
                    4, 1, program.program(), program.version(), program.netId().text(), address);
            assertThat(real("unix", set)).as("registered").endsWith("00000001");
        }
        for (Binding program : PROGRAMS6) {
            String address = "::." + (program.port() >> 8) + "." + (program.port() & 0xff);
            byte[] set = Calls.rpcb(
                    4, 1, program.program(), program.version(), Family.INET6.netId(program.netId()), address);
            assertThat(real("unix", set)).as("registered").endsWith("00000001");
        }
    }

    @AfterAll
    static void end() throws Exception {
        if (rpcbind != null) {
            asked.close();
            rpcbind.waitFor();
            Shell.run(Path.of("/"), "rm -rf '" + directory + "'");
        }
    }

    private static String real(String via, byte[] call) throws IOException {
        asked.println(via + " " + Calls.hex(call));
        String answer = answered.readLine();
        assertThat(answer)
                .as("what is said beside rpcbind: %s", Files.readString(directory.resolve("log")))
                .isNotNull();
        return answer;
    }

    private String ours(NetId via, byte[] call) {
        return answer(portmapper, via, call);
    }

    private static String answer(Portmapper asked, NetId via, byte[] call) {
        try {
            Optional<byte[]> reply = asked.answer(Calls.slice(call), via, true);
            return reply.map(Calls::hex).orElse("silence");
        } catch (MalformedXdrException e) {
            return via == NetId.TCP ? "closed" : "silence";
        }
    }

    private void compare(Map<String, byte[]> calls) throws IOException {
        List<String> different = new ArrayList<>();
        for (Map.Entry<String, byte[]> call : calls.entrySet()) {
            for (NetId via : NetId.values()) {
                String real = real(via.text(), call.getValue());
                String ours = ours(via, call.getValue());
                if (!ours.equals(real)) {
                    different.add(call.getKey() + " by " + via + "\n  rpcbind " + real + "\n  ours    " + ours);
                }
            }
        }
        assertThat(different).isEmpty();
    }

    @Test
    void lookUpsAreAnsweredAlike() throws IOException {
        Map<String, byte[]> calls = new LinkedHashMap<>();
        for (long program : new long[] {100_000, 100_003, 100_005, 77}) {
            for (long version : new long[] {0, 1, 2, 3, 4, 9}) {
                for (long protocol : new long[] {6, 17, 99}) {
                    calls.put(
                            "GETPORT %d %d %d".formatted(program, version, protocol),
                            Calls.pmap(3, program, version, protocol, 0));
                }
                for (long of : new long[] {3, 4}) {
                    for (String netId : new String[] {"tcp", "udp", ""}) {
                        calls.put(
                                "GETADDR of %d: %d %d %s".formatted(of, program, version, netId),
                                Calls.rpcb(of, 3, program, version, netId, ""));
                    }
                }
                calls.put(
                        "GETVERSADDR %d %d".formatted(program, version), Calls.rpcb(4, 9, program, version, "tcp", ""));
                if (program != 100_000) { // where rpcbind adds its addresses of IPv6 and its socket
                    calls.put(
                            "GETADDRLIST %d %d".formatted(program, version),
                            Calls.rpcb(4, 11, program, version, "tcp", ""));
                }
            }
        }
        compare(calls);
    }

    @Test
    void callsThatAreRefusedAreRefusedAlike() throws IOException {
        Map<String, byte[]> calls = new LinkedHashMap<>();
        for (long version = 0; version <= 6; version++) {
            calls.put("NULL of " + version, Calls.portmapper(version, 0).toBytes());
            for (long procedure : new long[] {9, 10, 11, 12, 13, 99, 0xffff_ffffL}) {
                if (version != 4 || procedure > 12) {
                    calls.put(
                            "procedure %d of %d".formatted(procedure, version),
                            Calls.portmapper(version, procedure).toBytes());
                }
            }
        }
        for (long version = 3; version <= 4; version++) {
            calls.put("SET of " + version, Calls.rpcb(version, 1, 5, 1, "tcp", "1.2.3.4.5.6"));
            calls.put("UNSET of " + version, Calls.rpcb(version, 2, 100_003, 3, "tcp", ""));
            calls.put("UADDR2TADDR of " + version, address(version, "10.1.2.3.8.1"));
            for (String wrong : new String[] {"", "hello", "::1.8.1", "1.2.3.4.5", "1.2.3.300.5.6", "1.2.3.4.5.6.7"}) {
                calls.put("UADDR2TADDR " + wrong, address(version, wrong));
            }
            calls.put("TADDR2UADDR of " + version, sockaddr(version, "020008010a0102030000000000000000"));
            calls.put("TADDR2UADDR of 4 bytes", sockaddr(version, "02000801"));
        }
        calls.put("SET", Calls.pmap(1, 5, 1, 6, 99));
        calls.put("UNSET", Calls.pmap(2, 100_003, 3, 6, 0));
        calls.put("another program", Calls.call(100_003, 3, 0).toBytes());
        calls.put(
                "a reply",
                new XdrOutput().uint(7).uint(1).uint(0).uint(0).uint(0).uint(0).toBytes());
        calls.put(
                "of UNIX", Calls.call(100_000, 2, 0, 1, Calls.unix("client", 3)).toBytes());
        calls.put("of UNIX, broken", Calls.call(100_000, 2, 0, 1, new byte[4]).toBytes());
        calls.put("of flavor 9", Calls.call(100_000, 2, 0, 9, new byte[8]).toBytes());
        calls.put(
                "of flavor 9 to another program",
                Calls.call(5, 2, 0, 9, new byte[8]).toBytes());
        calls.put("of 404 bytes", Calls.call(100_000, 2, 0, 0, new byte[404]).toBytes());
        compare(calls);
    }

    private static byte[] address(long version, String text) {
        return Calls.portmapper(version, 7).string(text).toBytes();
    }

    private static byte[] sockaddr(long version, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return Calls.portmapper(version, 8).uint(bytes.length).opaque(bytes).toBytes();
    }

    @Test
    void callsThatAreCutAreAnsweredAlike() throws IOException {
        // By TCP only: over UDP rpcbind reads on in what the datagram before it had left in its buffer.
        for (long[] versionAndProcedure : new long[][] {{2, 1}, {2, 3}, {3, 3}, {4, 3}, {4, 7}, {4, 8}, {4, 11}}) {
            byte[] call = Calls.portmapper(versionAndProcedure[0], versionAndProcedure[1])
                    .uint(9)
                    .toBytes();
            assertThat(ours(NetId.TCP, call))
                    .as("%d of %d", versionAndProcedure[1], versionAndProcedure[0])
                    .isEqualTo(real("tcp", call));
        }
        byte[] half = Arrays.copyOf(Calls.portmapper(2, 0).toBytes(), 20);
        assertThat(ours(NetId.TCP, half)).isEqualTo(real("tcp", half)).isEqualTo("closed");
    }

    @Test
    void dumpsAreAlikeButForAddressesThatAVirtualAddressHasNot() throws Exception {
        byte[] pmap = Calls.portmapper(2, 4).toBytes();
        for (NetId via : NetId.values()) {
            assertThat(ours(via, pmap)).isEqualTo(real(via.text(), pmap));
            for (long version = 3; version <= 4; version++) {
                byte[] rpcb = Calls.portmapper(version, 4).toBytes();
                List<String> real = entries(real(via.text(), rpcb)).stream()
                        .filter(entry -> entry.contains(" tcp ") || entry.contains(" udp "))
                        .map(entry -> entry.replace("0.0.0.0.", ADDRESS + "."))
                        .toList();
                assertThat(entries(ours(via, rpcb))).isEqualTo(real);
            }
        }
    }

    /** The lines of a DUMP of version 3 or 4. */
    private static List<String> entries(String reply) throws MalformedXdrException {
        XdrInput in = new XdrInput(Calls.slice(HexFormat.of().parseHex(reply.substring(48))));
        List<String> entries = new ArrayList<>();
        while (in.uint() == 1) {
            entries.add(in.uint() + " " + in.uint() + " " + in.string(99) + " " + in.string(99) + " " + in.string(99));
        }
        assertThat(in.rest().length()).isZero();
        return entries;
    }

    @Test
    void callsAreForwardedByNeither() throws IOException {
        for (long program : new long[] {100_005, 100_003, 77}) {
            byte[] indirect = Calls.portmapper(4, 10)
                    .uint(program)
                    .uint(3)
                    .uint(0)
                    .opaque(new byte[0])
                    .toBytes();
            for (NetId via : NetId.values()) {
                assertThat(ours(via, indirect)).as("%d by %s", program, via).isEqualTo(real(via.text(), indirect));
            }
            for (long version = 2; version <= 4; version++) {
                byte[] callit = Calls.portmapper(version, 5)
                        .uint(program)
                        .uint(3)
                        .uint(0)
                        .opaque(new byte[0])
                        .toBytes();
                assertThat(ours(NetId.UDP, callit))
                        .isEqualTo(real("udp", callit))
                        .isEqualTo("silence");
            }
        }
    }

    @Test
    void callsByIpv6AreAnsweredAlike() throws IOException {
        Map<String, byte[]> calls = new LinkedHashMap<>();
        for (long version = 1; version <= 5; version++) {
            calls.put("NULL of " + version, Calls.portmapper(version, 0).toBytes());
        }
        calls.put("GETPORT", Calls.pmap(3, 100_000, 2, 6, 0));
        for (long version = 3; version <= 4; version++) {
            for (long asked : new long[] {3, 4, 9}) {
                calls.put(
                        "GETADDR of %d: %d".formatted(version, asked), Calls.rpcb(version, 3, 200_003, asked, "", ""));
            }
            calls.put("GETADDR of an unknown", Calls.rpcb(version, 3, 77, 1, "", ""));
            calls.put("SET of " + version, Calls.rpcb(version, 1, 5, 1, "tcp6", "::.5.6"));
            for (String text : new String[] {
                "::1.8.1", "fd00:99::7:1.8.1", "::ffff:10.1.2.3.8.1", "1.2.3.4.8.1", "", "::", "::.1", "1::2::3.8.1"
            }) {
                calls.put("UADDR2TADDR " + text, address(version, text));
            }
            for (String host : new String[] {
                "fd000099000000000000000000070001",
                "00000000000000000000000000000000",
                "00000000000000000000000000000001",
                "00000000000000000000ffff0a010203",
                "0000000000000000000000000a010203",
                "20010db8000000010000000000000001",
                "00010000000200030004000500060007",
                "00010002000300040005000600070008"
            }) {
                calls.put("TADDR2UADDR " + host, sockaddr(version, "0a00080100000000" + host + "00000000"));
            }
            calls.put("TADDR2UADDR of IPv4", sockaddr(version, "020008010a0102030000000000000000"));
        }
        calls.put("GETVERSADDR", Calls.rpcb(4, 9, 200_003, 9, "tcp6", ""));
        calls.put("GETADDRLIST", Calls.rpcb(4, 11, 200_003, 3, "tcp6", ""));
        Bindings bindings6 = new Bindings(Family.INET6, PROGRAMS6);
        Portmapper portmapper6 =
                new Portmapper(InetAddress.getByName(ADDRESS6), () -> bindings6, () -> Instant.ofEpochSecond(5));
        List<String> different = new ArrayList<>();
        for (Map.Entry<String, byte[]> call : calls.entrySet()) {
            for (NetId via : NetId.values()) {
                String real = real(Family.INET6.netId(via), call.getValue());
                String ours = answer(portmapper6, via, call.getValue());
                if (!ours.equals(real)) {
                    different.add(call.getKey() + " by " + via + "\n  rpcbind " + real + "\n  ours    " + ours);
                }
            }
        }
        assertThat(different).isEmpty();
    }

    @Test
    void theTimeHasTheSameForm() throws IOException {
        byte[] call = Calls.portmapper(3, 6).toBytes();
        assertThat(real("tcp", call)).hasSameSizeAs(ours(NetId.TCP, call));
        assertThat(ours(NetId.TCP, call)).endsWith("00000005");
    }
}
