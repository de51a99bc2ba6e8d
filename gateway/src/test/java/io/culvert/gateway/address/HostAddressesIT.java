package io.culvert.gateway.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.DebianPackage;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.Signals;
import io.culvert.gateway.testing.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two hosts and a client beside them in one network, as namespaces: an address moves from one host to the other.
 *
 * <pre>
 *   client 10.78.3.1 ── one wire ── host 10.78.3.11
 *                          └─────── host 10.78.3.12        the address: 10.78.3.99; and the same in fd78:3::/64
 * </pre>
 */
@Waiting
@Timeout(120)
final class HostAddressesIT {

    private static final String ADDRESS = "10.78.3.99";
    private static final String ADDRESS_OF_IPV6 = "fd78:3::99";
    private static final Duration SOON = Duration.ofSeconds(20);

    private final String prefix = "cva" + ProcessHandle.current().pid();
    private final List<Process> holders = new ArrayList<>();

    @BeforeEach
    void makeNetwork() throws Exception {
        assumeTrue(Shell.isRoot(), "skipped: network namespaces need root");
        DebianPackage.require("iproute2", "ip");
        run("ip netns add %1$sb; ip -n %1$sb link add wire type veth peer name end;"
                + " ip -n %1$sb link set wire up; ip -n %1$sb link set end up");
        for (String host : List.of("c 1", "1 11", "2 12")) {
            run(("ip netns add %1$sNAME; ip -n %1$sb link add hNAME link wire type macvlan mode bridge;"
                            + " ip -n %1$sb link set hNAME netns %1$sNAME name eth0; ip -n %1$sNAME link set eth0 up;"
                            + " ip -n %1$sNAME addr add 10.78.3.LAST/24 dev eth0; ip -n %1$sNAME link set lo up;"
                            + " ip -n %1$sNAME addr add fd78:3::LAST/64 dev eth0 nodad")
                    .replace("NAME", host.substring(0, 1))
                    .replace("LAST", host.substring(2)));
        }
    }

    @AfterEach
    void removeNetwork() throws Exception {
        for (Process holder : holders) {
            holder.destroyForcibly().waitFor();
        }
        run("for n in b c 1 2; do ip netns del %1$s$n 2>/dev/null || true; done");
    }

    private String run(String script) throws IOException, InterruptedException {
        return new String(Shell.run(Path.of("/"), script.replace("%1$s", prefix)), StandardCharsets.UTF_8);
    }

    /** Starts a process that takes the address on a host, and returns when it has it. */
    private Process hold(String host, String address) throws IOException {
        Process holder = new ProcessBuilder(
                        "ip",
                        "netns",
                        "exec",
                        prefix + host,
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AddressHolder.class.getName(),
                        address)
                .redirectError(Redirect.INHERIT)
                .start();
        holders.add(holder);
        BufferedReader said = holder.inputReader(StandardCharsets.UTF_8);
        assertThat(said.readLine()).isEqualTo("taken");
        return holder;
    }

    private boolean has(String host, String address) throws Exception {
        return run("ip -n %1$s" + host + " -o addr show to " + address).contains(address);
    }

    private String hardware(String host) throws Exception {
        return run("ip netns exec %1$s" + host + " cat /sys/class/net/eth0/address")
                .strip();
    }

    /** Where the client believes an address to be, without asking. */
    private String believed(String address) throws Exception {
        return run("ip -n %1$sc neigh show " + address);
    }

    @Test
    void theNextOwnerIsFoundAtOnceByWhoKnewTheFormer() throws Exception {
        assertFoundAtOnce(ADDRESS);
    }

    @Test
    void theNextOwnerOfAnIpv6AddressIsFoundAtOnceByWhoKnewTheFormer() throws Exception {
        assertFoundAtOnce(ADDRESS_OF_IPV6);
    }

    private void assertFoundAtOnce(String address) throws Exception {
        Process first = hold("1", address);
        run("ip netns exec %1$sc ping -c 1 -W 2 " + address);
        assertThat(believed(address)).contains(hardware("1"));
        first.getOutputStream().close(); // ends it in order
        assertThat(first.waitFor()).isZero();
        assertThat(has("1", address)).isFalse();
        hold("2", address);
        Await.until(
                "the client has heard the announcement",
                SOON,
                () -> believed(address).contains(hardware("2")));
        run("ip netns exec %1$sc ping -c 1 -W 2 " + address);
    }

    @Test
    void whoIsStoppedOrKilledOrLostItsClaimHasTheAddressNoMoreAfterSeconds() throws Exception {
        Process stopped = hold("1", ADDRESS);
        long pid = stopped.pid();
        Signals.send(pid, "STOP");
        Await.until("the kernel takes it away", SOON, () -> !has("1", ADDRESS));
        Signals.send(pid, "KILL");
        stopped.waitFor();

        Process loses = hold("1", ADDRESS);
        loses.getOutputStream().write('x');
        loses.getOutputStream().flush();
        Await.until("it is renewed no more", SOON, () -> !has("1", ADDRESS));
        loses.destroyForcibly().waitFor();

        Process killed = hold("1", ADDRESS);
        Await.until("it is renewed", SOON, () -> has("1", ADDRESS));
        killed.destroyForcibly().waitFor();
        Await.until("the kernel takes it away", SOON, () -> !has("1", ADDRESS));
    }

    @Test
    void anAddressThatSomebodySetForGoodIsLeftAlone() throws Exception {
        run("ip -n %1$s1 addr add " + ADDRESS + "/32 dev lo");
        Process holder = hold("1", ADDRESS);
        holder.getOutputStream().close();
        assertThat(holder.waitFor()).isZero();
        assertThat(run("ip -n %1$s1 -o addr show to " + ADDRESS)).contains("valid_lft forever");
    }
}
