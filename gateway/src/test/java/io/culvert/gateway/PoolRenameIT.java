package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.CommandResult;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import io.culvert.siteconfig.PoolRename;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pool gets another name at one site while another replicates to it, and gateways are killed in the middle. */
final class PoolRenameIT {

    private static final String SETTINGS = """
            grants:
              %1$s: {write: [main]} # and nothing else
            datasets:
              data: {kind: tree, path: "%2$s", replicateTo: [{peer: %1$s, pool: main}]}
              dump: {kind: stream, pool: main, replicateTo: []}
            """;

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    @BeforeAll
    static void start() throws Exception {
        Path data = SITES.data();
        byte[] bytes = new byte[4 << 20];
        new Random(7).nextBytes(bytes);
        Files.write(data.resolve("file"), bytes);
        SITES.near().settings(SETTINGS.formatted("far", data));
        SITES.far().settings(SETTINGS.formatted("near", data));
        SITES.startAndEnrol();
    }

    @Test
    void everythingFollowsAPoolToItsNewName() throws Exception {
        Site near = SITES.near();
        Site far = SITES.far();
        far.run(new ByteArrayInputStream("dumped".getBytes(StandardCharsets.UTF_8)), "ingest", "dump")
                .succeeded();
        JobView first = near.replicate("data");

        CommandResult renamed = far.run("pool", "rename", "main", "vault").succeeded();

        assertThat(renamed.text())
                .contains("pool main is called vault now", "to change pool: main to pool: vault", "near");
        assertThat(Files.readString(far.siteFile()))
                .contains("  vault: {path: ", "  near: {write: [vault]} # and nothing else", "pool: main}]}")
                .contains("kind: stream, pool: vault");
        assertThat(far.run("pool", "rename", "main", "vault").succeeded().text())
                .contains("is called vault now");
        far.run("pool", "show", "main").failed(3, "pool main has been renamed to vault, since ");
        far.run("verify", "--pool", "main").failed(3, "has been renamed to vault");
        far.run("pool", "rename", "vault", "vault").failed(2, "is called so already");
        assertThat(service(far, "main").path("state").asText()).isEqualTo("renamed");
        assertThat(service(far, "vault").path("state").asText()).isEqualTo("up");
        for (String dataset : new String[] {"data", "dump"}) {
            assertThat(far.run("snapshot", "list", "--dataset", dataset, "--output", "json")
                            .succeeded()
                            .json()
                            .get(0)
                            .path("pool")
                            .asText())
                    .isEqualTo("vault");
        }
        Await.until(
                "the job that took the stream in is the renamed pool's",
                Site.PATIENCE,
                () -> poolsOfJobs(far).equals("vault"));
        far.run(new ByteArrayInputStream("again".getBytes(StandardCharsets.UTF_8)), "ingest", "dump")
                .succeeded();

        Await.until(
                "near has heard of it",
                Site.PATIENCE,
                () -> service(near, "far").path("state").asText().equals("degraded"));
        near.run("replicate", "data", "--wait")
                .failed(
                        3,
                        "pool main of far has been renamed to vault, since ",
                        "change {peer: far, pool: main} to {peer: far, pool: vault}",
                        "systemctl reload culvert");

        near.kill(); // with the old name in its site file, and the new one known in memory only
        near.start();
        SITES.awaitStream();
        near.settings(SETTINGS.formatted("far", SITES.data()).replace("far, pool: main", "far, pool: vault"));
        near.reload();
        Await.until(
                "the replica is known by the new name",
                Site.PATIENCE,
                () -> replica(near)
                        .path("newest")
                        .asText()
                        .equals(first.snapshot().orElseThrow()));
        assertThat(replica(near).path("pool").asText()).isEqualTo("vault");
        assertThat(poolsOfJobs(near)).isEqualTo("vault");
        JobView second = near.replicate("data");
        assertThat(second.progress().newChunks()).isZero();
        assertThat(second.progress().readBytes()).isZero();

        killedInTheMiddle(near, far);
    }

    /** The site file is changed and the gateway is killed before it hears of that: the new name holds from its next start. */
    private static void killedInTheMiddle(Site near, Site far) throws Exception {
        PoolRename.of(far.siteFile(), "vault", "store").apply();
        far.kill();
        far.start();
        SITES.awaitStream();

        assertThat(far.run("pool", "rename", "vault", "store").succeeded().text())
                .contains("is called store now");
        far.run("pool", "show", "main").failed(3, "pool main has been renamed to store");
        Await.until(
                "near has heard of it",
                Site.PATIENCE,
                () -> service(near, "far").path("state").asText().equals("degraded"));
        near.run("replicate", "data").failed(3, "pool vault of far has been renamed to store");

        far.run("pool", "rename", "store", "vault").succeeded();
        Await.until(
                "near has heard of it",
                Site.PATIENCE,
                () -> service(near, "far").path("state").asText().equals("up"));
        assertThat(near.replicate("data").progress().newChunks()).isZero();
    }

    private static String poolsOfJobs(Site site) throws IOException {
        StringBuilder pools = new StringBuilder();
        for (JsonNode job :
                site.run("job", "list", "--output", "json").succeeded().json()) {
            String pool = job.path("pool").asText();
            if (pools.indexOf(pool) < 0) {
                pools.append(pools.isEmpty() ? "" : " ").append(pool);
            }
        }
        return pools.toString();
    }

    private static JsonNode replica(Site site) throws IOException {
        return site.run("dataset", "show", "data", "--output", "json")
                .succeeded()
                .json()
                .path("replicas")
                .path(0);
    }

    private static JsonNode service(Site site, String name) throws IOException {
        for (JsonNode service :
                site.run("service", "list", "--output", "json").succeeded().json()) {
            if (service.path("name").asText().equals(name)
                    && !service.path("kind").asText().equals("gateway")) {
                return service;
            }
        }
        throw new AssertionError("no service " + name);
    }
}
