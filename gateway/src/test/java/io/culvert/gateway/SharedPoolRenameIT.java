package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import io.culvert.gateway.testing.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pool that two gateways of a site see gets another name at one of them after the other. */
@Waiting
@Tag("campaign")
final class SharedPoolRenameIT {

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static final String FAR = """
            datasets:
              data: {kind: tree, path: "%s", replicateTo: [{peer: near, pool: %s}]}
            """;

    private static EtcdCluster etcd;
    /** The one that was added: the pool moves there, the stream stays where it was. */
    private static Site first;

    private static Site second;

    @BeforeAll
    static void start() throws Exception {
        etcd = EtcdCluster.start(SITES.directory().resolve("etcd"), 1);
        Path data = SITES.data();
        byte[] bytes = new byte[4 << 20];
        new Random(7).nextBytes(bytes);
        Files.write(data.resolve("file"), bytes);
        second = SITES.near();
        second.checkpoints("{etcd: {endpoints: [\"%s\"], prefix: /culvert}}"
                .formatted(etcd.endpoints().getFirst()));
        second.settings("grants:\n  far: {write: [main]}\n");
        SITES.far().settings(FAR.formatted(data, "main"));
        SITES.startAndEnrol();
        first = SITES.anotherGateway(second, "near-2");
        String token = second.run("gateway", "add").succeeded().text().strip();
        first.run(
                        "init",
                        "--join",
                        token,
                        "--dir",
                        first.directory().toString(),
                        "--advertise",
                        "127.0.0.1:" + first.port())
                .succeeded();
        first.fitSiteFile(second, "");
        first.start();
        Await.until(
                "both know that the one that was added has the pool",
                Site.PATIENCE,
                () -> isOpen(first, "main", "near/2") && isOpen(second, "main", "near/2"));
    }

    @AfterAll
    static void end() throws Exception {
        etcd.close();
    }

    @Test
    void oneGatewayHasThePoolByOneNameWhicheverIsToldFirst() throws Exception {
        SITES.awaitStream();
        JobView before = SITES.far().replicate("data");

        assertThat(first.run("pool", "rename", "main", "vault").succeeded().text())
                .contains("pool main is called vault now", "to run at gateway near/1 too");
        Await.until("its owner has it by the new name", Site.PATIENCE, () -> isOpen(first, "vault", "near/2"));
        Await.until(
                "the other one says what to do",
                Site.PATIENCE,
                () -> service(second, "main")
                        .filter(pool -> pool.path("state").asText().equals("down"))
                        .filter(pool -> pool.path("reason").asText().contains("culvert pool rename main vault"))
                        .isPresent());
        second.run("pool", "rename", "main", "vault").succeeded();
        Await.until("the other one knows it", Site.PATIENCE, () -> isOpen(second, "vault", "near/2"));

        SITES.far()
                .run("replicate", "data", "--wait")
                .failed(3, "pool main of near has been renamed to vault", "systemctl reload culvert");
        SITES.far().settings(FAR.formatted(SITES.data(), "vault"));
        SITES.far().reload();
        Await.until(
                "the replica is known by the new name",
                Site.PATIENCE,
                () -> SITES.far()
                        .run("dataset", "show", "data", "--output", "json")
                        .succeeded()
                        .json()
                        .at("/replicas/0/newest")
                        .asText()
                        .equals(before.snapshot().orElseThrow()));

        second.run("pool", "rename", "vault", "store").succeeded();
        Await.until(
                "who was told first says where the pool is still open by the old name",
                Site.PATIENCE,
                () -> service(second, "store")
                        .filter(pool -> pool.path("reason").asText().contains("gateway near/2 has it as pool vault"))
                        .isPresent());
        assertThat(isOpen(first, "vault", "near/2")).isTrue();
        first.run("pool", "rename", "vault", "store").succeeded();
        Await.until("its owner has it by the new name", Site.PATIENCE, () -> isOpen(first, "store", "near/2"));

        first.stop();
        Await.until("the other gateway takes it by that name", Site.PATIENCE, () -> isOpen(second, "store", "near/1"));
        SITES.far().settings(FAR.formatted(SITES.data(), "store"));
        SITES.far().reload();
        SITES.far().awaitStream("near");
        JobView after = SITES.far().replicate("data");
        assertThat(after.progress().newChunks()).isZero();
    }

    private static boolean isOpen(Site at, String pool, String gateway) throws IOException {
        return service(at, pool)
                .filter(one -> one.path("state").asText().equals("up")
                        && one.path("owner").asText().equals(gateway))
                .isPresent();
    }

    private static Optional<JsonNode> service(Site at, String pool) throws IOException {
        for (JsonNode service :
                at.run("service", "list", "--output", "json").succeeded().json()) {
            if (service.path("kind").asText().equals("pool")
                    && service.path("name").asText().equals(pool)) {
                return Optional.of(service);
            }
        }
        return Optional.empty();
    }
}
