package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.CommandResult;
import io.culvert.gateway.testing.DebianPackage;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.Signals;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import io.culvert.gateway.testing.Waiting;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A real gateway whose checkpoints move in the middle of a job: from its file to an etcd, to one that it runs itself, and back. The command
 * is killed, run twice at once, and run where it must not.
 */
@Waiting
@Timeout(600)
@Tag("campaign")
final class EtcdMigrateIT {
    /** Whether a job is cut off in each store, not in the first alone. */
    private static final boolean EVERY_STORE = Boolean.getBoolean("culvert.migrate.everyStore");

    private static final int BYTES = 64 << 20;
    private static final long SENT_AGAIN = 16L << 20;
    private static final String EMBEDDED = "{embedded: true}";

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static EtcdCluster etcd;

    @BeforeAll
    static void start() throws Exception {
        etcd = EtcdCluster.start(Files.createDirectories(SITES.directory().resolve("etcd")), 1);
    }

    @AfterAll
    static void stop() throws Exception {
        etcd.close();
    }

    @Test
    void aJobGoesOnFromItsCheckpointInEachStore() throws Exception {
        Path program = DebianPackage.require("etcd-server", "etcd", "etcd.service");
        String cluster = "{etcd: {endpoints: [\"%s\"], prefix: /culvert}}"
                .formatted(etcd.endpoints().getFirst());
        String spawned = "{etcd: {spawn: \"" + program + "\"}}";
        Path source = SITES.data("tree").resolve("tree");
        Site near = SITES.near();
        near.settings("""
                peers:
                  far: {bandwidth: [{limit: 160Mbit/s}]}
                datasets:
                  data: {kind: tree, path: "%s", replicateTo: [{peer: far, pool: main}]}
                """.formatted(source));
        SITES.far().settings("grants:\n  near: {write: [main], read: [data]}\n");
        SITES.startAndEnrol();
        near.replicate("data");

        JobView job = beginHalf(near, source, 1);
        Path to = siteFile(near, cluster);
        migrate(near, to).failed(3, "a gateway runs for " + near.directory());
        near.kill();
        killInTheMiddle(near, to);
        migrateTwice(near, to);
        assertThat(migrate(near, to).succeeded().text()).contains("nothing was done now");
        near.runGateway().failed(2, "were moved to etcd at " + etcd.endpoints().getFirst());
        goOn(near, cluster, job);

        if (EVERY_STORE) {
            job = beginHalf(near, source, 2);
        }
        near.stop();
        assertThat(migrate(near, siteFile(near, spawned)).succeeded().text()).contains("read back, the same");
        if (EVERY_STORE) {
            near.runGateway().failed(2, "were moved to the etcd that the gateway runs itself");
            goOn(near, spawned, job);
            near.stop();
        }
        near.checkpoints(spawned);
        Path back = siteFile(near, EMBEDDED);
        migrate(near, back).failed(3, "were moved to etcd at", "--force replaces what is in it");
        near.run("etcd", "migrate", "--to", back.toString(), "--force").succeeded();
        near.checkpoints(EMBEDDED);
        near.start();
        near.run("job", "show", job.id()).succeeded();
        near.stop();
        Files.writeString(near.directory().resolve("identity/gateways"), "1 2\n");
        migrate(near, siteFile(near, spawned)).failed(3, "near/2", "one gateway only");
    }

    /** Two runs at once: one is refused, or finds that the other has done all. */
    private static void migrateTwice(Site near, Path to) throws Exception {
        Path said = SITES.directory().resolve("twice");
        Process other = begin(near, to, said);
        CommandResult here = migrate(near, to);
        assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(List.of(here.code(), other.exitValue()))
                .as(here + "; the other: " + Files.readString(said))
                .contains(0)
                .isSubsetOf(0, 3);
    }

    private static Process begin(Site near, Path to, Path said) throws IOException {
        Redirect nothing = Redirect.from(Path.of("/dev/null").toFile());
        return near.begin(nothing, said, "etcd", "migrate", "--to", to.toString());
    }

    /** New content; half of it is sent when this returns. */
    private static JobView beginHalf(Site near, Path source, int round) throws Exception {
        byte[] noise = new byte[BYTES];
        new Random(round).nextBytes(noise);
        Files.write(source.resolve("file"), noise);
        near.awaitStream("far");
        String job = near.beginToReplicate("data");
        Await.until(
                "the job is under way",
                Site.PATIENCE,
                () -> near.job(job)
                        .filter(view -> view.progress().acknowledgedBytes() > BYTES / 2)
                        .isPresent());
        return near.job(job).orElseThrow();
    }

    private static Path siteFile(Site site, String checkpoints) throws IOException {
        String now = Files.readString(site.siteFile());
        Path file = site.directory().resolve("new.yaml");
        return Files.writeString(file, now.replaceAll("(?m)^checkpoints:.*$", "checkpoints: " + checkpoints));
    }

    private static CommandResult migrate(Site site, Path to) {
        return site.run("etcd", "migrate", "--to", to.toString());
    }

    /** SIGKILL as soon as it has marked both stores, wherever it is then. */
    private static void killInTheMiddle(Site near, Path to) throws Exception {
        Path said = SITES.directory().resolve("said");
        Process killed = begin(near, to, said);
        Await.until(
                "it copies",
                Site.PATIENCE,
                () -> !killed.isAlive() || Files.readString(said).contains("copying"));
        Signals.send(killed.pid(), "KILL");
        killed.waitFor();
    }

    /** The job goes on with what the store says of it, and sends nothing again but what a restart may cost. */
    private static void goOn(Site near, String checkpoints, JobView job) throws Exception {
        near.checkpoints(checkpoints);
        near.start();
        Await.until(
                "the job goes on and is done",
                Site.PATIENCE,
                () -> near.job(job.id())
                        .filter(view -> view.state() == JobState.DONE)
                        .isPresent());
        JobView done = near.job(job.id()).orElseThrow();
        assertThat(done.created()).as("it is that job").isEqualTo(job.created());
        long left = BYTES - job.progress().acknowledgedBytes();
        assertThat(done.progress().wireSentBytes()).as("sent afterwards").isLessThan(left + SENT_AGAIN);
        assertThat(near.run("status").succeeded().text()).contains("checkpoints etcd, live");
    }
}
