package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.DebianPackage;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.EtcdProcess;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import io.culvert.gateway.testing.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A site loses its etcd and its gateway's host, and comes back from what another site has: the runbook, with real processes. */
@Waiting
@Timeout(300)
@Tag("campaign")
final class EtcdBackupElsewhereIT {

    private static final int LARGE_BYTES = 20 << 20;

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static final Site NEAR = SITES.near();
    private static final Site FAR = SITES.far();

    private static EtcdCluster etcd;

    @BeforeAll
    static void start() throws Exception {
        DebianPackage.require("etcd-client", "etcdctl");
        Path data = SITES.data("small", "large");
        Files.writeString(data.resolve("small/one"), "one");
        byte[] noise = new byte[LARGE_BYTES];
        new Random(7).nextBytes(noise);
        Files.write(data.resolve("large/file"), noise);
        etcd = EtcdCluster.start(SITES.directory().resolve("etcd"), 1);
        etcd.ctl("for i in 1 2; do head -c 900000 /dev/urandom | base64 | ctl put /noise/$i; done");
        NEAR.checkpoints(
                "{etcd: {endpoints: [\"%s\"], prefix: /culvert, backup: {replicateTo: [{peer: far, pool: main}]}}}"
                        .formatted(etcd.endpoints().getFirst()));
        settings("16Mbit/s");
        FAR.settings("grants:\n  near: {write: [main]}\n");
    }

    private static void settings(String limit) throws IOException {
        NEAR.settings("""
                peers:
                  far: {bandwidth: [{limit: %1$s}]}
                datasets:
                  small: {kind: tree, path: "%2$s/small", replicateTo: [{peer: far, pool: main}]}
                  large: {kind: tree, path: "%2$s/large", replicateTo: [{peer: far, pool: main}]}
                """.formatted(limit, SITES.data()));
    }

    @AfterAll
    static void stopEtcd() throws Exception {
        etcd.close();
    }

    private static Stream<JobView> copies() throws Exception {
        return NEAR.client().jobs().stream().filter(job -> job.dataset().equals("culvert-etcd"));
    }

    private static String check() {
        return NEAR.run("etcd", "status")
                .text()
                .lines()
                .filter(line -> line.startsWith("backup at another site"))
                .findFirst()
                .orElseThrow();
    }

    private static long epoch(JobView job) {
        String fence = job.fence().orElseThrow();
        return Long.parseLong(fence.substring(0, fence.indexOf('.')));
    }

    @Test
    void aSiteComesBackFromTheBackupThatAnotherSiteHas() throws Exception {
        SITES.startAndEnrol();
        theFirstCopyIsCutOffAndGoesOn();

        JobView before = NEAR.replicate("small");
        String large = NEAR.beginToReplicate("large");
        Await.until(
                "the large one is under way",
                Site.PATIENCE,
                () -> NEAR.job(large)
                        .filter(job -> job.progress().acknowledgedBytes() > 0)
                        .isPresent());
        JsonNode made =
                NEAR.run("etcd", "backup", "--output", "json").succeeded().json();
        String copied = made.path("copies").path(0).path("snapshot").asText();
        assertThat(copied).as("%s", made).isNotEmpty();
        JobView after = NEAR.replicate("small"); // under a fence that no backup knows
        assertThat(NEAR.job(large).orElseThrow().state().hasEnded()).isFalse();
        loseTheHost();

        Path restored = SITES.directory().resolve("restored");
        FAR.run("restore", copied, "--to", restored.toString()).succeeded();
        EtcdProcess member = etcd.members().getFirst();
        NEAR.run(
                        "etcd",
                        "restore",
                        newest(restored).toString(),
                        "--name",
                        member.name(),
                        "--initial-cluster",
                        member.name() + "=" + member.peerUrl(),
                        "--data-dir",
                        member.data().toString())
                .succeeded();
        member.start();
        member.awaitReady();
        settings("none");
        NEAR.start();
        SITES.awaitStream();

        Await.until(
                "the job of the past goes on to its end",
                Site.PATIENCE,
                () -> NEAR.job(large)
                        .filter(job -> job.state() == JobState.DONE)
                        .isPresent());
        FAR.assertRestores(
                NEAR.job(large).orElseThrow().snapshot().orElseThrow(),
                SITES.data().resolve("large"));
        assertThat(epoch(before)).isEqualTo(epoch(after));
        assertThat(epoch(NEAR.replicate("small"))).isGreaterThan(epoch(before));
        assertThat(check()).as("as the backup knew it").contains("far/main since 20");
    }

    /** Made and copied by itself; the gateway is killed in the middle of it. */
    private static void theFirstCopyIsCutOffAndGoesOn() throws Exception {
        Await.until(
                "a backup is being copied",
                Site.PATIENCE,
                () -> copies().anyMatch(job -> job.progress().storedBytes() > 500_000));
        assertThat(check()).contains("warning", "far/main: none", "is lost with this host and its etcd");
        NEAR.kill();
        assertThat(FAR.snapshots("culvert-etcd")).isZero();
        NEAR.start();
        Await.until("it goes on", Site.PATIENCE, () -> FAR.snapshots("culvert-etcd") == 1);
        Await.until("it is said where it is", Site.PATIENCE, () -> check().contains("far/main since 20"));
        assertThat(check()).contains(" ok ", ", 0 h old", "12 h old");
        assertThat(NEAR.run("dataset", "list").succeeded().text()).contains("culvert-etcd");
    }

    /** All of it, but what a careful administrator has a copy of: who the site is, and whom it trusts. */
    private static void loseTheHost() throws Exception {
        NEAR.kill();
        etcd.members().getFirst().kill();
        etcd.members().getFirst().wipe();
        Shell.run(SITES.directory(), """
                mkdir kept && cp -a near/identity near/peers near/site.yaml kept
                rm -rf near && mkdir near && cp -a kept/* near
                """);
    }

    private static Path newest(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.max(Comparator.naturalOrder()).orElseThrow();
        }
    }
}
