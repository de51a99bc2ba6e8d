package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.CommandResult;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import io.culvert.gateway.testing.Waiting;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteConfigLoader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A second gateway of near, made with a token of the first through the line; far was enrolled with the first. */
@Waiting
final class GatewayJoinIT {

    private static final int KILLS = 4;

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static EtcdCluster etcd;

    @BeforeAll
    static void start() throws Exception {
        etcd = EtcdCluster.start(Files.createDirectories(SITES.directory().resolve("etcd")), 1);
        SITES.near()
                .checkpoints("{etcd: {endpoints: [\"%s\"], prefix: /culvert}}"
                        .formatted(etcd.endpoints().getFirst()));
        SITES.far().settings("grants:\n  near: {write: [main]}\n");
        SITES.near().settings("""
                datasets:                # what near replicates
                  data: {kind: tree, path: "%s", replicateTo: [{peer: far, pool: main}]}
                """.formatted(SITES.data("tree")));
        Files.writeString(SITES.directory().resolve("data/file"), "of near");
        SITES.startAndEnrol();
    }

    @AfterAll
    static void end() throws Exception {
        if (etcd != null) {
            etcd.close();
        }
    }

    /** Attempts to join are counted anew. */
    @BeforeEach
    void restartNear() throws Exception {
        SITES.near().kill();
        SITES.near().start();
    }

    @Test
    void aSiteThatKeepsItsCheckpointsInAFileHasOneGateway() {
        SITES.far()
                .run("gateway", "add")
                .failed(3, "keeps its checkpoints in a file of one gateway", "several need an etcd");
    }

    private static String token() {
        CommandResult added = SITES.near().run("gateway", "add", "--ttl", "10m").succeeded();
        assertThat(added.messages()).contains("culvert init --join TOKEN --dir DIR");
        return added.text().lines().toList().getLast();
    }

    private static CommandResult join(Site gateway, String token) {
        return gateway.run(joining(gateway, token));
    }

    private static String[] joining(Site gateway, String token) {
        return new String[] {
            "init",
            "--join",
            token,
            "--dir",
            gateway.directory().toString(),
            "--advertise",
            "127.0.0.1:" + gateway.port()
        };
    }

    @Test
    void aPeerOfTheFirstGatewayAcceptsTheSecondAsTheSameSite() throws Exception {
        Site second = SITES.anotherGateway(SITES.near(), "near-second");

        CommandResult joined = join(second, token()).succeeded();

        assertThat(joined.messages()).contains("with 1 peers");
        SiteConfig config = SiteConfigLoader.load(second.siteFile());
        assertThat(config.stateDir()).isEqualTo(second.directory());
        assertThat(config.advertise()).hasToString("Optional[127.0.0.1:" + second.port() + "]");
        assertThat(Files.readString(second.siteFile())).contains("# what near replicates");
        assertThat(inside(second)).containsExactlyInAnyOrder("identity", "peers", "site.yaml");
        second.fitSiteFile(SITES.near(), "peers:\n  far: {dial: true}\n");
        SITES.near().stop();
        second.start();
        try {
            second.awaitStream("far");
            assertThat(second.replicate("data").snapshot()).isPresent();
            String number = Files.readString(second.directory().resolve("identity/gateway.number"));
            assertThat(second.run("service", "list").succeeded().text()).contains("near/" + number.strip());
        } finally {
            second.stop();
            SITES.near().start();
        }
    }

    @Test
    void aUsedTokenIsRefusedAndEachCommandNamesTheOther() throws Exception {
        String token = token();
        join(SITES.anotherGateway(SITES.near(), "near-used"), token).succeeded();

        Site late = SITES.anotherGateway(SITES.near(), "near-late");
        join(late, token).failed(3, "each serves once", "culvert gateway add");
        assertThat(inside(late)).isEmpty();
        SITES.far().run("peer", "join", token()).failed(3, "culvert init --join TOKEN --dir DIR");
        String forPeer =
                SITES.near().run("peer", "invite", "third").succeeded().text().strip();
        join(late, forPeer).failed(3, "culvert peer join TOKEN");
        join(SITES.near(), token()).failed(3, "already holds the identity of a site");
    }

    @Test
    void whatDoesNotAnswerIsUnreachableAndTheTokenStaysGood() throws Exception {
        String token = token();
        Site late = SITES.anotherGateway(SITES.near(), "near-unreachable");
        SITES.near().kill();

        join(late, token).failed(4, "the token was not used");
        assertThat(inside(late)).isEmpty();
        SITES.near().start();
        join(late, token).succeeded();
    }

    @Test
    void aJoinThatIsKilledLeavesNothingHalfAndTheNextSaysWhatBecameOfTheToken() throws Exception {
        for (int round = 0; round < KILLS; round++) {
            Site gateway = SITES.anotherGateway(SITES.near(), "near-killed-" + round);
            Path said = SITES.directory().resolve("killed-" + round);
            String token = token();
            SITES.line().blackHole(round == 0);
            Process joining =
                    SITES.near().begin(Redirect.from(Path.of("/dev/null").toFile()), said, joining(gateway, token));
            Await.until(
                    "the draft is begun",
                    Site.PATIENCE,
                    () -> Files.exists(gateway.directory().resolve(".joining")) || !joining.isAlive());
            boolean ended = joining.waitFor(round * 150L, TimeUnit.MILLISECONDS);
            joining.destroyForcibly().waitFor();
            SITES.line().blackHole(false);

            List<String> left = inside(gateway);
            if (left.contains("identity")) {
                assertThat(left).as("round %d", round).contains("peers", "site.yaml");
            }
            if (!ended && !left.contains("identity")) {
                again(gateway, token);
            }
            assertThat(inside(gateway)).as("round %d", round).contains("identity", "peers", "site.yaml");
        }
    }

    private static void again(Site gateway, String token) throws Exception {
        CommandResult again = join(gateway, token);
        if (again.code() != 0) {
            again.failed(3, "this token was used", "culvert gateway add");
            assertThat(inside(gateway)).isEmpty();
            join(gateway, token()).succeeded();
        }
    }

    private static List<String> inside(Site gateway) throws IOException {
        try (Stream<Path> files = Files.list(gateway.directory())) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
