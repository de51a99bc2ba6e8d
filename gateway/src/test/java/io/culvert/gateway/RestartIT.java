package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.culvert.gateway.admin.ViewJson;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import io.culvert.gateway.testing.Waiting;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a gateway still knows after it was killed: the lag of each dataset and how its last jobs ended. Near keeps its
 * checkpoints in etcd, far in its file.
 */
@Waiting
final class RestartIT {

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static EtcdCluster etcd;
    private static Path data;

    @BeforeAll
    static void start() throws Exception {
        etcd = EtcdCluster.start(SITES.directory().resolve("etcd"), 1);
        data = Files.createDirectories(SITES.directory().resolve("data"));
        SITES.near()
                .checkpoints("{etcd: {endpoints: [\"%s\"], prefix: /culvert}}"
                        .formatted(etcd.endpoints().getFirst()));
        String datasets = """
                grants:
                  %2$s: {write: [main]}
                datasets:
                  data: {kind: tree, path: "%1$s", rpo: 1h, replicateTo: [{peer: %2$s, pool: main}]}
                  barred: {kind: tree, path: "%1$s", replicateTo: [{peer: %2$s, pool: other}]}
                  never: {kind: tree, path: "%1$s", replicateTo: [{peer: %2$s, pool: main}]}
                  dump: {kind: stream, pool: main, replicateTo: []}
                """;
        SITES.near().settings(datasets.formatted(data, "far"));
        SITES.far().settings(datasets.formatted(data, "near"));
        SITES.startAndEnrol();
    }

    @AfterAll
    static void stopEtcd() throws Exception {
        etcd.close();
    }

    /** Everything the site says of its jobs, but how fast they are at the moment. */
    private static JsonNode jobs(Site site) throws IOException {
        JsonNode jobs = site.run("job", "list", "--output", "json").succeeded().json();
        for (JsonNode job : jobs) {
            ((ObjectNode) job.path("progress")).remove(java.util.List.of("bytesPerSecond", "wireBytesPerSecond"));
        }
        return jobs;
    }

    /** Returns when so many ends are durable: who waits for a job hears of its end before that. */
    private static void awaitNoted(Site site, int ends) throws Exception {
        Await.until(
                ends + " ends of jobs are noted at " + site.name(),
                Site.PATIENCE,
                () -> (site == SITES.near() ? notedInEtcd() : notedInFile(site)) == ends);
    }

    private static int notedInFile(Site site) throws IOException {
        String log =
                Files.readString(site.directory().resolve("checkpoints/checkpoints.log"), StandardCharsets.ISO_8859_1);
        return log.split("CVCP\u0001\u0004", -1).length - 1;
    }

    private static int notedInEtcd() throws IOException, InterruptedException {
        Base64.Encoder base64 = Base64.getEncoder();
        String all = "{\"key\": \"%s\", \"range_end\": \"%s\", \"count_only\": true}"
                .formatted(
                        base64.encodeToString("/culvert/ended/".getBytes(StandardCharsets.US_ASCII)),
                        base64.encodeToString("/culvert/ended0".getBytes(StandardCharsets.US_ASCII)));
        try (HttpClient client = HttpClient.newHttpClient()) {
            String answer = client.send(
                            HttpRequest.newBuilder(etcd.endpoints().getFirst().resolve("/v3/kv/range"))
                                    .POST(HttpRequest.BodyPublishers.ofString(all))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            return ViewJson.MAPPER.readTree(answer).path("count").asInt();
        }
    }

    private static JsonNode replica(Site site, String dataset) throws IOException {
        return site.run("dataset", "show", dataset, "--output", "json")
                .succeeded()
                .json()
                .path("replicas")
                .path(0);
    }

    private static void assertSame(Site site, String peer, JsonNode jobs, String snapshot, Instant created)
            throws IOException {
        assertThat(jobs(site)).isEqualTo(jobs);
        for (JsonNode job : jobs) {
            site.run("job", "show", job.path("id").asText()).succeeded();
        }
        JsonNode replica = replica(site, "data");
        assertThat(replica.path("newest").asText()).isEqualTo(snapshot);
        assertThat(Instant.parse(replica.path("newestCreated").asText())).isEqualTo(created);
        assertThat(replica.path("lagSeconds").isIntegralNumber()).isTrue();
        assertThat(replica(site, "never").path("lagSeconds").isNull()).isTrue();
        JsonNode status = site.run("status", "--output", "json").succeeded().json();
        assertThat(status.path("datasets")).anySatisfy(dataset -> {
            assertThat(dataset.path("name").asText()).isEqualTo("data");
            assertThat(dataset.path("replicas").path(0).path("newest").asText()).isEqualTo(snapshot);
        });
        assertThat(site.metrics())
                .containsPattern(
                        "culvert_replica_lag_seconds\\{dataset=\"data\",peer=\"" + peer + "\",pool=\"main\"\\} [0-9]")
                .doesNotContain("culvert_replica_lag_seconds{dataset=\"never\"");
    }

    @Test
    void lagAndEndedJobsAreKnownAfterAKillByTheirFileAndByEtcd() throws Exception {
        Shell.run(data, "seq 20000 > numbers");
        String[] snapshots = new String[2];
        JsonNode[] jobs = new JsonNode[2];
        Instant[] created = new Instant[2];
        Site[] sites = {SITES.near(), SITES.far()};
        for (int i = 0; i < 2; i++) {
            String peer = sites[1 - i].name();
            snapshots[i] = sites[i].replicate("data").snapshot().orElseThrow();
            sites[i].run("replicate", "barred", "--wait").failed(3, "other");
            sites[i].run(new ByteArrayInputStream(new byte[1000]), "ingest", "dump")
                    .succeeded();
            Shell.run(SITES.directory(), "mv data moved");
            // what fails later does not take away what was complete before
            sites[i].run("replicate", "data", "--to", peer, "--wait").failed(1, "cannot be opened");
            Shell.run(SITES.directory(), "mv moved data");
            jobs[i] = jobs(sites[i]);
            assertThat(jobs[i]).hasSize(4);
            awaitNoted(sites[i], 4);
            created[i] = Instant.parse(
                    replica(sites[i], "data").path("newestCreated").asText());
            assertThat(created[i]).isBefore(Instant.now());
        }

        for (Site site : sites) {
            site.kill();
        }
        for (Site site : sites) {
            site.start();
        }
        for (int i = 0; i < 2; i++) {
            assertSame(sites[i], sites[1 - i].name(), jobs[i], snapshots[i], created[i]);
        }

        // and once more, from what the gateway that was told it has written
        SITES.awaitStream();
        for (int i = 0; i < 2; i++) {
            sites[i].run("replicate", "barred", "--wait").failed(3, "other");
            jobs[i] = jobs(sites[i]);
            assertThat(jobs[i]).hasSize(5);
            awaitNoted(sites[i], 5);
            sites[i].stop();
            sites[i].start();
            assertSame(sites[i], sites[1 - i].name(), jobs[i], snapshots[i], created[i]);
            SITES.awaitStream();
        }

        withoutEtcdTheGatewayStartsAndRemembersWhenItAnswers(jobs[0], snapshots[0], created[0]);
    }

    private static void withoutEtcdTheGatewayStartsAndRemembersWhenItAnswers(
            JsonNode jobs, String snapshot, Instant created) throws Exception {
        Site near = SITES.near();
        near.stop();
        etcd.members().getFirst().kill();
        near.start();
        assertThat(jobs(near)).isEmpty();
        assertThat(replica(near, "data").path("lagSeconds").isNull()).isTrue();
        etcd.members().getFirst().start();
        Await.until("near remembers", Site.PATIENCE, () -> !jobs(near).isEmpty());
        assertSame(near, "far", jobs, snapshot, created);
    }
}
