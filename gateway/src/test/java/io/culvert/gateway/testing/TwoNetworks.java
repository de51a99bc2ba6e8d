package io.culvert.gateway.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Two sites as network namespaces, with a router between them that plays an IPS: it drops every packet with an RPC call to the
 * portmapper, NFS or mountd, and counts them. At the second site a real rpcbind and NFS-Ganesha serve a directory.
 *
 * <pre>
 *   A 10.77.1.2, virtual 10.99.0.5, 6 ── 10.77.1.1 IPS 10.77.2.1 ── B 10.77.2.2, NFS of /backup
 * </pre>
 */
public final class TwoNetworks implements AutoCloseable {

    public static final String A = "10.77.1.2";
    public static final String B = "10.77.2.2";
    public static final String VIRTUAL = "10.99.0.5";
    public static final String OTHER_VIRTUAL = "10.99.0.6";

    /** Where mountd is at first. */
    public static final int FIRST_MOUNT_PORT = 2052;

    private static final String IPS = """
            table inet ips {
              counter calls { }
              chain forwarded {
                type filter hook forward priority 0; policy accept;
                meta l4proto tcp @ih,64,32 0 @ih,96,32 2 @ih,128,32 { 100000, 100003, 100005 } counter name calls drop
                meta l4proto udp @th,96,32 0 @th,128,32 2 @th,160,32 { 100000, 100003, 100005 } counter name calls drop
              }
            }
            """;

    /** The call that is seen passes; then the two hosts are cut off from each other, and anew with each call. */
    private static final String QUARANTINE = """
            table inet quarantine {
              set pairs { type ipv4_addr . ipv4_addr; flags dynamic,timeout; timeout 10m; size 1024; }
              chain forwarded {
                type filter hook forward priority 0; policy accept;
                ip saddr . ip daddr @pairs drop
                ip daddr . ip saddr @pairs drop
                meta l4proto tcp @ih,64,32 0 @ih,96,32 2 @ih,128,32 { 100000, 100003, 100005 } add @pairs { ip saddr . ip daddr }
                meta l4proto udp @th,96,32 0 @th,128,32 2 @th,160,32 { 100000, 100003, 100005 } add @pairs { ip saddr . ip daddr }
              }
            }
            """;

    private static final AtomicInteger MADE = new AtomicInteger();

    private static final String GANESHA = """
            NFS_CORE_PARAM {
              Bind_addr = %s; NFS_Port = 2049; MNT_Port = %d; NLM_Port = 2053;
              Enable_NLM = false; Enable_RQUOTA = false; Protocols = 3,4; mount_path_pseudo = true;
            }
            NFSV4 { Grace_Period = 5; Lease_Lifetime = 10; Graceless = true; RecoveryBackend = fs; }
            EXPORT {
              Export_Id = 77; Path = %s; Pseudo = /backup; Access_Type = RW; Squash = No_Root_Squash; SecType = sys;
              Protocols = 3,4; Transports = TCP,UDP; FSAL { Name = VFS; }
            }
            """;

    private final Path directory;
    private final String prefix = "cv" + ProcessHandle.current().pid() + "n" + MADE.incrementAndGet();
    private @Nullable Process server;

    private TwoNetworks(Path directory) {
        this.directory = directory;
    }

    /** Makes the namespaces and starts the server. Ends the test as skipped where that cannot be done. */
    public static TwoNetworks open(Path directory) throws Exception {
        assumeTrue(Shell.isRoot(), "skipped: network namespaces need root");
        DebianPackage.require("iproute2", "ip");
        DebianPackage.require("nftables", "nft", "nftables.service");
        DebianPackage.require("rpcbind", "rpcbind", "rpcbind.service", "rpcbind.socket");
        DebianPackage.require("nfs-ganesha", "ganesha.nfsd", "nfs-ganesha.service", "nfs-ganesha-lock.service");
        DebianPackage.require("libnfs-utils", "nfs-ls");
        assumeTrue(
                Files.exists(Path.of("/usr/lib/ganesha/libfsalvfs.so"))
                        || Files.exists(Path.of("/usr/lib/x86_64-linux-gnu/ganesha/libfsalvfs.so")),
                "skipped: needs the Debian package nfs-ganesha-vfs; run: apt-get install nfs-ganesha-vfs");
        TwoNetworks networks = new TwoNetworks(directory);
        networks.lay();
        networks.serve();
        return networks;
    }

    private void lay() throws IOException, InterruptedException {
        Files.writeString(directory.resolve("ips.nft"), IPS);
        Files.writeString(directory.resolve("quarantine.nft"), QUARANTINE);
        Shell.run(directory, """
                p=%s
                for n in a r b; do ip netns add $p-$n; ip -n $p-$n link set lo up; done
                ip link add e0 netns $p-a type veth peer name e1 netns $p-r
                ip link add e0 netns $p-b type veth peer name e2 netns $p-r
                ip -n $p-a addr add %s/24 dev e0; ip -n $p-b addr add %s/24 dev e0
                ip -n $p-r addr add 10.77.1.1/24 dev e1; ip -n $p-r addr add 10.77.2.1/24 dev e2
                ip -n $p-a link set e0 up; ip -n $p-b link set e0 up
                ip -n $p-r link set e1 up; ip -n $p-r link set e2 up
                ip -n $p-a route add default via 10.77.1.1; ip -n $p-b route add default via 10.77.2.1
                ip netns exec $p-r sysctl -qw net.ipv4.ip_forward=1
                ip netns exec $p-r nft -f ips.nft
                ip -n $p-a addr add %s/32 dev lo; ip -n $p-a addr add %s/32 dev lo
                """.formatted(prefix, A, B, VIRTUAL, OTHER_VIRTUAL));
    }

    private void serve() throws Exception {
        Files.createDirectories(export());
        configure(FIRST_MOUNT_PORT);
        server = new ProcessBuilder("ip", "netns", "exec", prefix + "-b", "unshare", "-m", "bash", "-euc", """
                        mount --make-rprivate /; mount -t tmpfs tmpfs /run
                        mkdir -p /run/ganesha /run/rpcbind /run/sendsigs.omit.d
                        rpcbind -f -w & R=$!
                        until [ -S /run/rpcbind.sock ]; do sleep 0.05; done
                        trap 'rm ganesha.pid; kill $G $R; wait' TERM
                        touch ganesha.pid
                        while [ -e ganesha.pid ]; do
                          ganesha.nfsd -F -f ganesha.conf -L ganesha.log -p /run/ganesha/pid -N NIV_EVENT & G=$!
                          echo $G > ganesha.pid
                          wait $G || true
                        done
                        """)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("server.log").toFile())
                .start();
        Await.until(
                "the NFS server answers",
                Site.PATIENCE,
                () -> at("b", "rpcinfo -T tcp " + B + " 100003 3").isPresent());
    }

    private void configure(int mountPort) throws IOException {
        Files.writeString(directory.resolve("ganesha.conf"), GANESHA.formatted(B, mountPort, export()));
    }

    /** Restarts the NFS server with mountd on this port, and returns when that is registered. */
    public void moveMount(int port) throws Exception {
        configure(port);
        Shell.run(directory, "kill $(cat ganesha.pid)");
        Await.until(
                "mountd is at " + port,
                Site.PATIENCE,
                () -> at("b", "rpcinfo -p " + B)
                        .filter(listed -> listed.contains("tcp   " + port))
                        .isPresent());
    }

    /** The directory that the server exports as {@code /backup}. */
    public Path export() {
        return directory.resolve("export");
    }

    /** What a gateway of site {@code a} or {@code b} is started through. */
    public String[] within(String site) {
        return new String[] {"ip", "netns", "exec", prefix + "-" + site};
    }

    /** What a command printed at a site that ended well within 30 s, else nothing. */
    public Optional<String> at(String site, String command) throws IOException, InterruptedException {
        // libtirpc blocks signals, so that only SIGKILL ends it
        String limited =
                "timeout -s KILL 30 ip netns exec " + prefix + "-" + site + " " + command + " 2>&1 || echo FAILED";
        String printed = new String(Shell.run(directory, limited), StandardCharsets.UTF_8);
        return printed.endsWith("FAILED\n") ? Optional.empty() : Optional.of(printed);
    }

    /** Nothing passes between the sites any more, and nobody is told. */
    public void blackHole(boolean on) throws IOException, InterruptedException {
        Shell.run(
                directory,
                "ip netns exec " + prefix + "-r nft '"
                        + (on
                                ? "add table inet hole; add chain inet hole f {type filter hook forward priority -10; policy drop;}"
                                : "delete table inet hole")
                        + "'");
    }

    /**
     * The IPS does not drop calls from now on, but cuts off hosts of which it has seen one; or it is again as before, and nobody is cut off.
     */
    public void quarantines(boolean on) throws IOException, InterruptedException {
        Shell.run(
                directory,
                "ip netns exec %1$s-r nft delete table inet %2$s; ip netns exec %1$s-r nft -f %3$s.nft"
                        .formatted(prefix, on ? "ips" : "quarantine", on ? "quarantine" : "ips"));
    }

    /** The hosts that the IPS has cut off from each other. */
    public String quarantined() throws IOException, InterruptedException {
        String listed = at("r", "nft list set inet quarantine pairs").orElseThrow();
        return listed.contains("elements") ? listed.replaceAll("(?s).*elements = \\{ (.*?)\\s*\\}.*", "$1") : "";
    }

    /** What passes between the sites is written to a file, until the capture is closed. */
    public final class Capture implements AutoCloseable {
        private final Path file = directory.resolve("capture.pcap");
        private final Process tcpdump;

        private Capture(String filter) throws Exception {
            tcpdump = TwoNetworks.this.start(
                    "a",
                    "tcpdump.log",
                    "tcpdump",
                    "--immediate-mode", // or what came in the last second is not written
                    "-Z",
                    "root",
                    "-U",
                    "-i",
                    "e0",
                    "-w",
                    file.toString(),
                    filter);
            Await.until(
                    "tcpdump captures",
                    Site.PATIENCE,
                    () -> Files.readString(directory.resolve("tcpdump.log")).contains("listening on"));
        }

        /** Ends it; each connection and exchange of datagrams as nDPI names it, one a line. */
        public List<String> flows() throws Exception {
            close();
            return new String(Shell.run(directory, "ndpiReader -v 2 -i " + file), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.contains("[proto: "))
                    .toList();
        }

        @Override
        public void close() throws Exception {
            tcpdump.descendants().forEach(ProcessHandle::destroy);
            tcpdump.waitFor();
        }
    }

    /**
     * Captures what passes between the sites from now on.
     *
     * @param filter of tcpdump
     */
    public Capture capture(String filter) throws Exception {
        DebianPackage.require("tcpdump", "tcpdump");
        DebianPackage.require("libndpi-bin", "ndpiReader");
        return new Capture(filter);
    }

    /** Starts a command at a site, whose output goes to a file of this name; it is ended with {@code KILL} by its time limit. */
    public Process start(String site, String name, String... command) throws IOException {
        List<String> all =
                new ArrayList<>(List.of("timeout", "-s", "KILL", "600", "ip", "netns", "exec", prefix + "-" + site));
        all.addAll(List.of(command));
        return new ProcessBuilder(all)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name).toFile())
                .start();
    }

    /** Packets with RPC calls that the IPS has seen, and dropped. */
    public long callsSeen() throws IOException, InterruptedException {
        String listed = at("r", "nft list counter inet ips calls").orElseThrow();
        return Long.parseLong(listed.replaceAll("(?s).*packets (\\d+).*", "$1"));
    }

    /** The TCP connections between the two sites. */
    public List<String> connections() throws IOException, InterruptedException {
        return at("a", "ss -Htn state established dst " + B)
                .orElseThrow()
                .lines()
                .toList();
    }

    @Override
    public void close() throws Exception {
        if (server != null) {
            server.destroy();
            server.waitFor();
        }
        Shell.run(directory, "for n in a r b; do ip netns del " + prefix + "-$n; done");
    }
}
