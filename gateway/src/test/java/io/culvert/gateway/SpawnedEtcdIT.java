package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.DebianPackage;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import io.culvert.gateway.testing.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A gateway that runs its own etcd: both are killed, together and apart, and all goes on. */
@Waiting
@Timeout(300)
final class SpawnedEtcdIT {

    private static final int BYTES = 64 << 20;

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    @Test
    void jobsSurviveTheDeathOfTheGatewayAndOfItsEtcd() throws Exception {
        Path program = DebianPackage.require("etcd-server", "etcd", "etcd.service");
        Path source = SITES.data("tree").resolve("tree");
        byte[] noise = new byte[BYTES];
        new Random(7).nextBytes(noise);
        Files.write(source.resolve("file"), noise);
        Site near = SITES.near();
        near.checkpoints("{etcd: {spawn: \"" + program + "\"}}");
        near.settings("""
                peers:
                  far: {bandwidth: [{limit: 160Mbit/s}]}
                datasets:
                  data: {kind: tree, path: "%s", replicateTo: [{peer: far, pool: main}]}
                """.formatted(source));
        SITES.far().settings("grants:\n  near: {write: [main], read: [data]}\n");
        SITES.startAndEnrol();
        assertThat(near.run("status").succeeded().text()).contains("checkpoints etcd, live");
        assertThat(near.run("etcd", "status").text()).contains("leader");
        near.run("gateway", "add").failed(3, "several need an etcd");

        String job = near.beginToReplicate("data");
        Await.until(
                "the job is under way",
                Site.PATIENCE,
                () -> near.job(job)
                        .filter(view -> view.progress().storedBytes() > BYTES / 3)
                        .isPresent());
        near.kill();
        near.start();
        ProcessHandle.of(near.pid())
                .orElseThrow()
                .descendants()
                .filter(one -> one.info().command().orElse("").endsWith("/etcd"))
                .forEach(ProcessHandle::destroyForcibly);
        Await.until(
                "the job goes on and is done",
                Site.PATIENCE,
                () -> near.job(job)
                        .filter(view -> view.state() == JobState.DONE)
                        .isPresent());
        Await.until(
                "etcd is there again",
                Site.PATIENCE,
                () -> near.run("status").succeeded().text().contains("checkpoints etcd, live"));
        assertThat(near.replicate("data").snapshot()).isPresent();
    }
}
