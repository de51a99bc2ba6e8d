package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.CommandResult;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoNetworks;
import io.culvert.gateway.testing.TwoSites;
import io.culvert.gateway.testing.Waiting;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Virtual addresses of every sort before a real rpcbind and NFS server: with UDP, for listed clients only, of a routed network. */
@Waiting
final class RelayAddressesIT {

    private static final String ROUTED = "10.98.3.7";
    private static final String SIX = "fd00:99::5";
    private static final String STRANGER = "10.66.0.1";

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static TwoNetworks networks;

    @BeforeAll
    static void start() throws Exception {
        networks = TwoNetworks.open(Files.createDirectories(SITES.directory().resolve("networks")));
        assertThat(networks.at("r", "ip addr add " + STRANGER + "/32 dev lo")).isPresent();
        assertThat(networks.at("a", "ip -6 addr add " + SIX + "/128 dev lo")).isPresent();
        assertThat(networks.at("a", "ip route add local 10.98.3.0/24 dev lo")).isPresent();
        SITES.near().listenAt(TwoNetworks.A);
        SITES.near().startThrough(networks.within("a"));
        SITES.near().settings("""
                appliances:
                  dd: {kind: nfs, peer: far, address: %s, services: {nfs: {transport: both}, mountd: {transport: both}}}
                  listed: {kind: nfs, peer: far, address: %s, clients: [10.77.1.0/24]}
                  routed: {kind: nfs, peer: far, address: %s}
                  six: {kind: nfs, peer: far, address: "%s", services: {nfs: {transport: both}}}
                """.formatted(TwoNetworks.VIRTUAL, TwoNetworks.OTHER_VIRTUAL, ROUTED, SIX));
        SITES.far().listenAt(TwoNetworks.B);
        SITES.far().startThrough(networks.within("b"));
        SITES.far().settings("""
                grants: {near: {connect: [dd, listed, routed, six]}}
                appliances:
                  dd: {kind: nfs, target: %1$s, services: {nfs: {transport: both}, mountd: {transport: both}}}
                  listed: {kind: nfs, target: %1$s}
                  routed: {kind: nfs, target: %1$s}
                  six: {kind: nfs, target: %1$s, services: {nfs: {transport: both}}}
                """.formatted(TwoNetworks.B));
        SITES.startAndEnrol();
    }

    @AfterAll
    static void end() throws Exception {
        SITES.near().close();
        SITES.far().close();
        if (networks != null) {
            networks.close();
        }
    }

    private static String at(String command) throws Exception {
        return networks.at("a", command).orElseThrow(() -> new AssertionError("failed: " + command));
    }

    private static void awaitAnswer(String command) throws Exception {
        Await.until(command, Site.PATIENCE, () -> networks.at("a", command).isPresent());
    }

    @Test
    void programsAnswerByUdpWhereItIsDeclaredAndAreToldForItOnlyThere() throws Exception {
        awaitAnswer("rpcinfo -T udp " + TwoNetworks.VIRTUAL + " 100003 3");
        awaitAnswer("rpcinfo -T udp " + TwoNetworks.VIRTUAL + " 100005 3");
        assertThat(at("rpcinfo -p " + TwoNetworks.VIRTUAL))
                .contains("udp   2049  nfs", "udp   " + TwoNetworks.FIRST_MOUNT_PORT + "  mountd", "tcp   2049  nfs");

        awaitAnswer("rpcinfo -T tcp " + ROUTED + " 100005 3");
        assertThat(at("rpcinfo -p " + ROUTED)).doesNotContain("udp   2049", "udp   2052");
        assertThat(networks.at("a", "rpcinfo -T udp " + ROUTED + " 100003 3")).isEmpty();
        assertThat(networks.connections()).as("between the sites").hasSize(1);
    }

    @Test
    void whoIsNotListedReachesNoPort() throws Exception {
        String tcp = "rpcinfo -T tcp " + TwoNetworks.OTHER_VIRTUAL + " 100003 3";
        String udp = "rpcinfo -T udp " + TwoNetworks.OTHER_VIRTUAL + " 100000 2";
        routeTo(TwoNetworks.OTHER_VIRTUAL, "10.77.1.1");
        Await.until(
                "a listed client is served",
                Site.PATIENCE,
                () -> networks.at("r", tcp).isPresent());
        assertThat(networks.at("r", udp)).isPresent();

        routeTo(TwoNetworks.OTHER_VIRTUAL, STRANGER);
        assertThat(networks.at("r", tcp)).isEmpty();
        assertThat(networks.at("r", udp)).isEmpty();
        Await.until(
                "it is logged",
                Site.PATIENCE,
                () -> SITES.near().logText().contains("a client that is not listed is refused"));
    }

    /** The router is the client, with a source of its own. */
    private static void routeTo(String address, String source) throws Exception {
        assertThat(networks.at("r", "ip route replace " + address + " via " + TwoNetworks.A + " src " + source))
                .isPresent();
    }

    @Test
    void anAddressThatIsOnlyRoutedHereIsServed() throws Exception {
        awaitAnswer("rpcinfo -T tcp " + ROUTED + " 100003 3");
        Files.writeString(networks.export().resolve("hello"), "hello");
        assertThat(at("nfs-ls nfs://" + ROUTED + "/backup?version=3")).contains("hello");
        assertThat(at("ip addr show dev lo")).doesNotContain(ROUTED);
    }

    @Test
    void anAddressOfIpv6IsServedByTcpAndUdp() throws Exception {
        awaitAnswer("rpcinfo -T tcp6 " + SIX + " 100003 3");
        awaitAnswer("rpcinfo -T udp6 " + SIX + " 100003 3");
        assertThat(at("rpcinfo " + SIX)).contains("tcp6      fd00:99::5.8.1", "udp6      fd00:99::5.8.1");
        Await.until(
                "mountd is learned",
                Site.PATIENCE,
                () -> networks.at("a", "rpcinfo -T tcp6 " + SIX + " 100005 3").isPresent());
    }

    @Test
    void configCheckSaysHowToGiveAnAddressThatIsMissing() throws Exception {
        CommandResult checked =
                SITES.near().run("config", "check", SITES.near().siteFile().toString());
        assertThat(checked.succeeded().text()).isEmpty();
        assertThat(checked.messages())
                .contains(
                        "ip addr add " + TwoNetworks.VIRTUAL + "/32 dev lo",
                        "ip route add local 10.99.0.0/24 dev lo",
                        "ip route add local 10.98.3.0/24 dev lo");
    }
}
