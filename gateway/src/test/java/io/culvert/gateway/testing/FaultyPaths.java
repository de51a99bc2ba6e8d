package io.culvert.gateway.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Two sites as network namespaces, with a router between them that is a firewall, an IPS, a black hole or a TLS inspector, a different one for each
 * address of the far host, so that all of them can be probed at a time. At the far host a real rpcbind serves port 111, and openssl plays a gateway
 * at 8443, one without ALPN at 8444, one with a large certificate at 8445, and at 8446 one for itself, which hangs for good once a connection was
 * reset in its name: it serves one at a time.
 *
 * <pre>
 *   A 10.79.1.2 ── 10.79.1.1 router 10.79.2.1 ── B 10.79.2.10, .11, … as {@link Path} has them
 * </pre>
 */
public final class FaultyPaths implements AutoCloseable {

    /** What the router does to the packets of an address. */
    public enum Fault {
        NONE(""),
        DROP("ip daddr %1$s tcp dport 8443 drop"),
        RESET("ip daddr %1$s tcp dport 8443 reject with tcp reset"),
        PROHIBIT("ip daddr %1$s tcp dport 8443 reject with icmp type admin-prohibited"),
        DROP_ALL("ip daddr %1$s drop"),
        DROP_CALL("ip daddr %1$s " + Rules.CALL + " drop"),
        DROP_REPLY("ip saddr %1$s tcp sport 111 @ih,64,32 1 drop"),
        KILL_SESSION("""
                ip daddr %1$s ct mark 7 tcp dport 111 meta length > 60 drop
                ip daddr %1$s %2$s ct mark set 7"""),
        RESET_CALL("ip daddr %1$s " + Rules.CALL + " reject with tcp reset"),
        /** The story: the call is seen and passes, and then the two hosts are cut off from each other. */
        QUARANTINE("ip daddr %1$s " + Rules.CALL + " add @pairs { ip saddr . ip daddr }"),
        DROP_AND_QUARANTINE("ip daddr %1$s " + Rules.CALL + " add @pairs { ip saddr . ip daddr } drop"),
        /** The same at two addresses of one name, which nobody else probes. */
        QUARANTINE_TOO("ip daddr %1$s " + Rules.CALL + " add @pairs { ip saddr . ip daddr }"),
        QUARANTINE_AS_WELL("ip daddr %1$s " + Rules.CALL + " add @pairs { ip saddr . ip daddr }"),
        BLACK_HOLE("ip daddr %1$s meta length > 1400 drop"),
        BLACK_HOLE_INWARD("ip saddr %1$s meta length > 1300 drop"),
        /** Every third echo, and every second packet with something in it. */
        LOSE("""
                ip daddr %1$s meta l4proto icmp numgen inc mod 3 0 drop
                ip daddr %1$s tcp dport 111 meta length > 60 numgen inc mod 2 0 drop"""),
        NO_ICMP("""
                ip daddr %1$s meta l4proto icmp drop
                ip saddr %1$s meta l4proto icmp drop"""),
        /** Whoever begins TLS is reset, in the host's name. */
        RESET_HELLO("ip daddr %1$s tcp dport 8446 @ih,0,8 22 @ih,40,8 1 reject with tcp reset"),
        INSPECT_TLS("");

        private final String rule;

        Fault(String rule) {
            this.rule = rule;
        }

        /** The far host's address on whose way this is done. */
        public String address() {
            return "10.79.2." + (10 + ordinal());
        }
    }

    private static final class Rules {
        static final String CALL = "tcp dport 111 @ih,64,32 0 @ih,96,32 2 @ih,128,32 { 100000, 100003, 100005 }";

        private Rules() {}
    }

    /** How long the two hosts are cut off, behind the last call. */
    public static final int QUARANTINE_SECONDS = 8;

    /** Nobody has it, in a network that nobody knows. */
    public static final String UNROUTED = "10.79.9.9";

    /** Nobody has it, in the far host's network. */
    public static final String ABSENT = "10.79.2.200";

    /** A name with the addresses of {@link Fault#NONE} and {@link Fault#DROP}. */
    public static final String TWO = "two.culvert.test";

    /** A name with two addresses, to each of which a call costs a quarantine. */
    public static final String TWO_QUARANTINES = "quarantines.culvert.test";

    /** A name with an IPv6 address, on whose way all is dropped, and the one of {@link Fault#NONE}. */
    public static final String SIX_AND_FOUR = "six.culvert.test";

    /** A name with two addresses, to which nothing gets. */
    public static final String NOTHING = "nothing.culvert.test";

    /** A name with as many addresses as are probed, on the way to each of which is another trouble that takes its time. */
    public static final String EVERYTHING = "everything.culvert.test";

    private static final List<Fault> SLOW_ONES = List.of(
            Fault.DROP,
            Fault.DROP_ALL,
            Fault.DROP_CALL,
            Fault.DROP_REPLY,
            Fault.KILL_SESSION,
            Fault.BLACK_HOLE,
            Fault.BLACK_HOLE_INWARD,
            Fault.RESET_HELLO);

    /** The far host's by IPv6. */
    public static final String SIX = "fd79:2::10";

    private static final String SERVER = """
            exec 2>&1
            mount --make-rprivate /; mount -t tmpfs tmpfs /run; mkdir -p /run/rpcbind /run/sendsigs.omit.d
            trap 'kill $(jobs -p)' TERM EXIT
            rpcbind -f -w &
            openssl s_server -accept 8443 -cert gw.pem -key gw.key -CAfile ca.pem -verify 1 -alpn h2 -quiet &
            openssl s_server -accept 8444 -cert gw.pem -key gw.key -CAfile ca.pem -verify 1 -quiet &
            openssl s_server -accept 8445 -cert large.pem -key large.key -CAfile ca.pem -verify 1 -alpn h2 -quiet &
            openssl s_server -accept 8446 -cert gw.pem -key gw.key -CAfile ca.pem -verify 1 -alpn h2 -quiet &
            wait
            """;

    private final Path directory;
    private final String prefix = "cvp" + ProcessHandle.current().pid();
    private final List<Process> running = new ArrayList<>();

    private FaultyPaths(Path directory) {
        this.directory = directory;
    }

    /** Makes the namespaces and starts the servers. Ends the test as skipped where that cannot be done. */
    public static FaultyPaths open(Path directory) throws Exception {
        assumeTrue(Shell.isRoot(), "skipped: network namespaces need root");
        DebianPackage.require("iproute2", "ip");
        DebianPackage.require("nftables", "nft", "nftables.service");
        DebianPackage.require("ethtool", "ethtool");
        DebianPackage.require("openssl", "openssl");
        DebianPackage.require("rpcbind", "rpcbind", "rpcbind.service", "rpcbind.socket");
        DebianPackage.require("sslsplit", "sslsplit");
        FaultyPaths paths = new FaultyPaths(directory);
        boolean open = false;
        try {
            paths.start();
            open = true;
        } finally {
            if (!open) {
                paths.close();
            }
        }
        return paths;
    }

    private void start() throws Exception {
        lay();
        name();
        certify();
        Files.writeString(directory.resolve("faults.nft"), rules());
        Shell.run(directory, "ip netns exec " + prefix + "-r nft -f faults.nft");
        start("b", "server.log", "unshare", "-m", "bash", "-c", SERVER);
        start(
                "r",
                "sslsplit.log",
                "sslsplit",
                "-k",
                "other.key",
                "-c",
                "other.pem",
                "-P",
                "ssl",
                "0.0.0.0",
                "8888",
                Fault.NONE.address(),
                "8443");
        for (int port : new int[] {111, 8443, 8444, 8445, 8446}) {
            Await.until(
                    "port " + port + " opens",
                    Site.PATIENCE,
                    () -> succeeds("a", "</dev/tcp/" + Fault.NONE.address() + "/" + port));
        }
        Await.until("the inspector listens", Site.PATIENCE, () -> succeeds("r", "</dev/tcp/127.0.0.1/8888"));
    }

    private void lay() throws IOException, InterruptedException {
        StringBuilder addresses = new StringBuilder();
        for (Fault fault : Fault.values()) {
            addresses.append("ip -n $p-b addr add ").append(fault.address()).append("/24 dev e0\n");
        }
        Shell.run(directory, """
                p=%s
                for n in a r b; do ip netns add $p-$n; ip -n $p-$n link set lo up; done
                ip link add e0 netns $p-a type veth peer name e1 netns $p-r
                ip link add e0 netns $p-b type veth peer name e2 netns $p-r
                ip -n $p-a addr add 10.79.1.2/24 dev e0
                %s
                ip -n $p-r addr add 10.79.1.1/24 dev e1; ip -n $p-r addr add 10.79.2.1/24 dev e2
                # packets as they are on a line, for rules on their length
                for x in a:e0 r:e1 r:e2 b:e0; do ip netns exec $p-${x%%:*} ethtool -K ${x#*:} tso off gso off gro off; done
                ip -n $p-a link set e0 up; ip -n $p-b link set e0 up
                ip -n $p-r link set e1 up; ip -n $p-r link set e2 up
                ip -n $p-a route add default via 10.79.1.1; ip -n $p-b route add default via 10.79.2.1
                for n in a r b; do ip netns exec $p-$n sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0; done
                ip -n $p-a addr add fd79:1::2/64 dev e0 nodad; ip -n $p-b addr add fd79:2::10/64 dev e0 nodad
                ip -n $p-r addr add fd79:1::1/64 dev e1 nodad; ip -n $p-r addr add fd79:2::1/64 dev e2 nodad
                ip -n $p-a -6 route add default via fd79:1::1; ip -n $p-b -6 route add default via fd79:2::1
                ip netns exec $p-r sysctl -qw net.ipv6.conf.all.forwarding=1
                ip netns exec $p-r sysctl -qw net.ipv4.ip_forward=1
                # many probes at a time, and none shall take another's ICMP
                for n in r b; do ip netns exec $p-$n sysctl -qw net.ipv4.icmp_ratelimit=0; done
                """.formatted(prefix, addresses));
    }

    /** Names of site A, by the hosts file that ip-netns(8) shows to programs there. */
    private void name() throws IOException {
        StringBuilder hosts = new StringBuilder("127.0.0.1 localhost\n");
        hosts.append(Fault.NONE.address() + " " + TWO + "\n" + Fault.DROP.address() + " " + TWO + "\n");
        for (Fault fault : List.of(Fault.QUARANTINE_TOO, Fault.QUARANTINE_AS_WELL)) {
            hosts.append(fault.address()).append(" " + TWO_QUARANTINES + "\n");
        }
        hosts.append(SIX + " " + SIX_AND_FOUR + "\n" + Fault.NONE.address() + " " + SIX_AND_FOUR + "\n");
        hosts.append(Fault.DROP_ALL.address() + " " + NOTHING + "\n10.79.2.254 " + NOTHING + "\n");
        SLOW_ONES.forEach(fault -> hosts.append(fault.address()).append(" " + EVERYTHING + "\n"));
        Files.writeString(Files.createDirectories(settings()).resolve("hosts"), hosts);
    }

    private Path settings() {
        return Path.of("/etc/netns", prefix + "-a");
    }

    /** A CA as a site has it, a gateway's certificate of it, and another CA. */
    private void certify() throws IOException, InterruptedException {
        Shell.run(directory, """
                ec="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
                openssl req -x509 $ec -keyout ca.key -out ca.pem -subj "/O=Culvert/CN=Culvert CA of site b" -days 9
                openssl req $ec -keyout gw.key -out gw.csr -subj "/O=Culvert/CN=Culvert gateway 1 of site b"
                openssl x509 -req -in gw.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out gw.pem -days 9
                openssl req -x509 $ec -keyout other.key -out other.pem -subj "/O=Corp/CN=Corp inspection" -days 9
                openssl req -x509 $ec -keyout large.key -out large.pem -subj "/O=Culvert/CN=Culvert CA of site b" -days 9 \
                  -addext "nsComment=$(printf 'x%.0s' $(seq 1500))"
                """);
    }

    private String rules() {
        StringBuilder forwarded = new StringBuilder();
        for (Fault fault : Fault.values()) {
            forwarded.append(fault.rule.formatted(fault.address(), Rules.CALL)).append('\n');
        }
        return """
                table ip faults {
                  set pairs { type ipv4_addr . ipv4_addr; flags dynamic,timeout; timeout %ds; size 1024; }
                  chain forwarded {
                    type filter hook forward priority 0; policy accept;
                    ip saddr . ip daddr @pairs drop
                    ip daddr . ip saddr @pairs drop
                    %s
                    ip daddr %s drop
                  }
                  chain redirected {
                    type nat hook prerouting priority dstnat; policy accept;
                    ip daddr %s tcp dport 8443 redirect to :8888
                  }
                }
                table ip6 faults {
                  chain forwarded {
                    type filter hook forward priority 0; policy accept;
                    ip6 daddr %s tcp dport 8443 drop
                  }
                }
                """.formatted(QUARANTINE_SECONDS, forwarded, "10.79.2.254", Fault.INSPECT_TLS.address(), SIX);
    }

    /** The CA that signed the gateway's certificate. */
    public Path authority() {
        return directory.resolve("ca.pem");
    }

    /** The certificate at port 8445, which is its own CA. */
    public Path largeAuthority() {
        return directory.resolve("large.pem");
    }

    /** A CA that signed none of them. */
    public Path otherAuthority() {
        return directory.resolve("other.pem");
    }

    /** Runs the program with {@code probe --output json} and these arguments at site A. */
    public CommandResult probe(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(CulvertProgram.command());
        command.addAll(List.of("probe", "--output", "json"));
        command.addAll(List.of(arguments));
        Path messages = Files.createTempFile(directory, "probe", ".err");
        Process process = begin(command, messages);
        process.getOutputStream().close();
        byte[] output = process.getInputStream().readAllBytes();
        return new CommandResult(
                "probe " + String.join(" ", arguments), process.waitFor(), output, Files.readString(messages));
    }

    /** Starts a main class of the tests at site A, in this directory. @param messages what it writes to standard error */
    public Process begin(String mainClass, Path messages) throws IOException {
        List<String> command = new ArrayList<>(CulvertProgram.flags());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        return begin(command, messages);
    }

    private Process begin(List<String> java, Path messages) throws IOException {
        List<String> all =
                new ArrayList<>(List.of("timeout", "-s", "KILL", "600", "ip", "netns", "exec", prefix + "-a"));
        all.addAll(java);
        return new ProcessBuilder(all)
                .directory(directory.toFile())
                .redirectError(messages.toFile())
                .start();
    }

    private boolean succeeds(String site, String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "ip", "netns", "exec", prefix + "-" + site, "timeout", "2", "bash", "-c", script)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor() == 0;
    }

    private void start(String site, String log, String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", prefix + "-" + site));
        all.addAll(List.of(command));
        running.add(new ProcessBuilder(all)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(log).toFile())
                .start());
    }

    /** What the servers wrote, for a test that fails. */
    public String logs() throws IOException {
        return new String(Files.readAllBytes(directory.resolve("server.log")), StandardCharsets.UTF_8)
                + new String(Files.readAllBytes(directory.resolve("sslsplit.log")), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws Exception {
        for (Process process : running) {
            process.destroy();
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        Shell.run(directory, "for n in a r b; do ip netns del " + prefix + "-$n || true; done");
        Files.deleteIfExists(settings().resolve("hosts"));
        Files.deleteIfExists(settings());
    }
}
