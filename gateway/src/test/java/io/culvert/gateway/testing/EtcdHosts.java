package io.culvert.gateway.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Three hosts as network namespaces on one switch, each with a member of a real etcd cluster; each can be cut off from the others, so that
 * nothing passes and nobody is told.
 *
 * <pre>
 *   host 1 10.78.0.1 ─┐
 *   host 2 10.78.0.2 ─┼─ switch
 *   host 3 10.78.0.3 ─┘
 * </pre>
 */
public final class EtcdHosts implements AutoCloseable {
    private static final int SIZE = 3;

    private final Path directory;
    private final String prefix = "ce" + ProcessHandle.current().pid();
    private final List<EtcdProcess> members = new ArrayList<>();

    private EtcdHosts(Path directory) {
        this.directory = directory;
    }

    /** Makes the namespaces and starts the cluster. Ends the test as skipped where that cannot be done. */
    public static EtcdHosts open(Path directory) throws Exception {
        assumeTrue(Shell.isRoot(), "skipped: network namespaces need root");
        DebianPackage.require("iproute2", "ip");
        EtcdHosts hosts = new EtcdHosts(directory);
        try {
            hosts.lay();
            hosts.start();
            return hosts;
        } catch (Exception | Error e) {
            hosts.close();
            throw e;
        }
    }

    private void lay() throws IOException, InterruptedException {
        Shell.run(directory, """
                p=%s
                ip netns add $p-s; ip -n $p-s link add br0 type bridge; ip -n $p-s link set br0 up
                for i in 1 2 3; do
                  ip netns add $p-$i; ip -n $p-$i link set lo up
                  ip link add e0 netns $p-$i type veth peer name v$i netns $p-s
                  ip -n $p-$i addr add 10.78.0.$i/24 dev e0; ip -n $p-$i link set e0 up
                  ip -n $p-s link set v$i master br0 up
                done
                """.formatted(prefix));
    }

    private void start() throws Exception {
        for (int host = 1; host <= SIZE; host++) {
            members.add(new EtcdProcess("m" + host, directory.resolve("m" + host), null)
                    .within("10.78.0." + host, within(host)));
        }
        String all = members.stream().map(EtcdProcess::peer).collect(Collectors.joining(","));
        for (EtcdProcess member : members) {
            member.joins(all);
            member.start();
        }
        awaitHealthy();
    }

    /** Waits until each member takes part. */
    public void awaitHealthy() throws Exception {
        Await.until(
                "all members are healthy",
                Duration.ofSeconds(40),
                () -> ctl("endpoint health || true")
                                .lines()
                                .filter(line -> line.contains("is healthy"))
                                .count()
                        == SIZE);
    }

    /** All members. */
    public String endpoints() {
        return members.stream().map(member -> member.endpoint().toString()).collect(Collectors.joining(","));
    }

    /** What a process at a host is started through. */
    public String[] within(int host) {
        return new String[] {"ip", "netns", "exec", prefix + "-" + host};
    }

    private String ctl(String command) throws IOException, InterruptedException {
        Path etcdctl = DebianPackage.require("etcd-client", "etcdctl");
        byte[] output = Shell.run(
                directory,
                "ETCDCTL_API=3 ip netns exec %s-1 '%s' --endpoints '%s' %s 2>&1"
                        .formatted(prefix, etcdctl, endpoints(), command));
        return new String(output, StandardCharsets.UTF_8);
    }

    /** The host of the leader. */
    public int leader() throws IOException, InterruptedException {
        List<String> statuses = ctl("endpoint status").lines().toList();
        for (int host = 1; host <= SIZE; host++) {
            if (statuses.get(host - 1).split(", ", -1)[4].equals("true")) {
                return host;
            }
        }
        throw new IOException("no leader: " + statuses);
    }

    /** Cuts a host off from the others, or puts it back. */
    public void cutOff(int host, boolean off) throws IOException, InterruptedException {
        Shell.run(directory, "ip -n %s-s link set v%d %s".formatted(prefix, host, off ? "nomaster" : "master br0"));
    }

    @Override
    public void close() throws Exception {
        for (EtcdProcess member : members) {
            member.close();
        }
        Shell.run(directory, "for n in s 1 2 3; do ip netns del %s-$n 2> /dev/null || true; done".formatted(prefix));
    }
}
