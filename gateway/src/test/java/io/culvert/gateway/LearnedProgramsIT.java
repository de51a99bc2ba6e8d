package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoNetworks;
import io.culvert.gateway.testing.TwoSites;
import io.culvert.gateway.testing.Waiting;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real rpcbind and NFS server at the other site, whose mountd is not where the site files say, and moves. */
@Waiting
final class LearnedProgramsIT {

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static final int NEXT_MOUNT_PORT = 2062;

    private static TwoNetworks networks;

    @BeforeAll
    static void start() throws Exception {
        networks = TwoNetworks.open(Files.createDirectories(SITES.directory().resolve("networks")));
        SITES.near().listenAt(TwoNetworks.A);
        SITES.near().startThrough(networks.within("a"));
        SITES.near().settings("""
                appliances:
                  dd: {kind: nfs, peer: far, address: %s, services: {sneaky: {ports: 2222}}}
                  fixed: {kind: nfs, peer: far, address: %s, programs: fixed}
                """.formatted(TwoNetworks.VIRTUAL, TwoNetworks.OTHER_VIRTUAL));
        SITES.far().listenAt(TwoNetworks.B);
        SITES.far().startThrough(networks.within("b"));
        SITES.far().settings("""
                grants: {near: {connect: [dd]}}
                appliances:
                  dd:
                    kind: custom
                    target: %s
                    services:
                      portmapper: {ports: 111, transport: both, program: 100000}
                      nfs: {ports: 2049, program: 100003}
                      mountd: {program: 100005}
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

    private static void awaitMount(int port) throws Exception {
        Await.until(
                "mountd is told at " + port,
                Site.PATIENCE,
                () -> networks.at("a", "rpcinfo -p " + TwoNetworks.VIRTUAL)
                        .filter(listed -> listed.contains("tcp   " + port + "  mountd"))
                        .isPresent());
    }

    private static boolean listens(int port) throws Exception {
        return at("ss -Hltn src " + TwoNetworks.VIRTUAL + ":" + port).contains("LISTEN");
    }

    @Test
    void aServiceIsFoundWhereItIsAndFoundAgainWhenItMoves() throws Exception {
        awaitMount(TwoNetworks.FIRST_MOUNT_PORT);
        assertThat(at("rpcinfo -p " + TwoNetworks.OTHER_VIRTUAL)).contains("100005    3   tcp  20048");
        assertThat(at("rpcinfo -p " + TwoNetworks.VIRTUAL))
                .contains("100003    3   tcp   2049  nfs", "100003    4   tcp   2049  nfs")
                .doesNotContain("20048", "udp   2049", "udp   2052");
        String listing = "nfs-ls nfs://" + TwoNetworks.VIRTUAL + "/backup?version=3";
        Files.writeString(networks.export().resolve("hello"), "hello");
        assertThat(at(listing)).contains("hello");

        networks.moveMount(NEXT_MOUNT_PORT);
        awaitMount(NEXT_MOUNT_PORT);

        assertThat(at(listing)).contains("hello");
        assertThat(at("rpcinfo -T tcp " + TwoNetworks.VIRTUAL + " 100005 3")).contains("ready and waiting");
        Await.until("its port of before is closed", Site.PATIENCE, () -> !listens(TwoNetworks.FIRST_MOUNT_PORT));
        assertThat(listens(NEXT_MOUNT_PORT)).isTrue();
        assertThat(listens(20_048)).as("the port of its services").isTrue();

        SITES.far().stop();
        Await.until(
                "the loss is noticed",
                Site.PATIENCE,
                () -> SITES.near()
                        .run("service", "list")
                        .succeeded()
                        .text()
                        .matches("(?s).*appliance +dd +near/1 +down.*"));
        assertThat(at("rpcinfo -p " + TwoNetworks.VIRTUAL)).contains("100005    3   tcp   " + NEXT_MOUNT_PORT);
        SITES.far().start();
        SITES.awaitStream();
        Await.until(
                "the port is granted by a gateway that just began",
                Site.PATIENCE,
                () -> networks.at("a", "rpcinfo -T tcp " + TwoNetworks.VIRTUAL + " 100005 3")
                        .isPresent());
        Await.until(
                "it is learned again",
                Site.PATIENCE,
                () -> SITES.near()
                        .run("service", "list")
                        .succeeded()
                        .text()
                        .matches("(?s).*appliance +dd +near/1 +up.*"));
    }

    @Test
    void aPortThatTheFarSiteNeitherNamesNorLearnedIsRefused() throws Exception {
        Await.until("its ports are there", Site.PATIENCE, () -> listens(2222));
        assertThat(networks.at(
                        "a", "bash -c 'exec 3<>/dev/tcp/" + TwoNetworks.VIRTUAL + "/2222; read -t 20 -u 3 line'"))
                .isEmpty();
        Await.until(
                "it is logged",
                Site.PATIENCE,
                () -> SITES.far().logText().contains("appliance dd at far has no service on port 2222"));
        assertThat(SITES.near().run("service", "list").succeeded().text())
                .containsPattern("appliance +fixed +near/1 +up");
    }
}
