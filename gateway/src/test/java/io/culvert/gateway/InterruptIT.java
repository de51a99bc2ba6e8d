package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.Signals;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TreeListing;
import io.culvert.gateway.testing.TwoSites;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What Ctrl-C leaves behind, and what each command says of it; both lines are slow, so that all of it is half done. */
final class InterruptIT {
    private static final int BY_SIGINT = 130;

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static Path data;

    @BeforeAll
    static void start() throws Exception {
        data = Files.createDirectories(SITES.directory().resolve("data"));
        SITES.near().settings("""
                peers:
                  far: {bandwidth: [{limit: 64Mbit/s}]}
                datasets:
                  data: {kind: tree, path: "%s", replicateTo: [{peer: far, pool: main}]}
                  dump: {kind: stream, pool: main, replicateTo: []}
                """.formatted(data));
        SITES.far().settings("""
                peers:
                  near: {bandwidth: [{limit: 64Mbit/s}]}
                grants:
                  near: {write: [main], read: [data]}
                """);
        SITES.startAndEnrol();
    }

    private static void newData() throws Exception {
        Shell.run(data, "rm -rf -- *; echo small >a; head -c 24000000 /dev/urandom >b; echo small >c");
    }

    /** A command in a process of its own. */
    private record Running(Process process, Path err) {
        static Running near(Redirect input, String... arguments) throws Exception {
            Path err = Files.createTempFile(SITES.directory(), "err", "");
            return new Running(SITES.near().begin(input, err, arguments), err);
        }

        String said() throws Exception {
            return Files.readString(err);
        }

        /** Returns the one line that it says of its end. */
        String interrupt() throws Exception {
            assertThat(process.isAlive()).as(said()).isTrue();
            Signals.send(process.pid(), "INT");
            assertThat(process.waitFor(Site.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(process.exitValue()).as(said()).isEqualTo(BY_SIGINT);
            List<String> ours =
                    said().lines().filter(line -> line.startsWith("culvert: ")).toList();
            assertThat(ours).as(said()).hasSize(1);
            assertThat(said()).doesNotContain("Exception", "\tat ");
            return ours.getFirst();
        }
    }

    private static void awaitDone(String job) throws Exception {
        Await.until(
                "job " + job + " is done",
                Site.PATIENCE,
                () -> SITES.near()
                        .job(job)
                        .filter(view -> view.state() == JobState.DONE)
                        .isPresent());
    }

    private static void awaitSending(String job) throws Exception {
        Await.until(
                "bytes are on their way",
                Site.PATIENCE,
                () -> SITES.near()
                        .job(job)
                        .filter(view -> view.progress().wireSentBytes() > 1_000_000)
                        .isPresent());
    }

    @Test
    void replicateSaysThatTheJobGoesOnAndItDoes() throws Exception {
        newData();
        Running replicate = Running.near(Redirect.PIPE, "replicate", "data", "--wait");
        Await.until(
                "a job runs",
                Site.PATIENCE,
                () -> SITES.near().client().jobs().stream()
                        .anyMatch(job -> !job.state().hasEnded()));
        String job = SITES.near().client().jobs().stream()
                .filter(view -> !view.state().hasEnded())
                .map(JobView::id)
                .findFirst()
                .orElseThrow();
        awaitSending(job);

        assertThat(replicate.interrupt())
                .startsWith("culvert: the gateway goes on with job " + job)
                .contains("culvert job show", "culvert job cancel");
        awaitDone(job);
    }

    @Test
    void restoreSaysWhatIsHalfWritten() throws Exception {
        newData();
        String snapshot = SITES.near().replicate("data").snapshot().orElseThrow();
        Path target = SITES.directory().resolve("half/restored");
        Running restore = Running.near(Redirect.PIPE, "restore", snapshot, "--peer", "far", "--to", target.toString());
        Await.until("a file is being written", Site.PATIENCE, () -> Files.exists(target.resolve("b")));

        assertThat(restore.interrupt())
                .isEqualTo("culvert: interrupted; " + target + " holds only a part of snapshot " + snapshot
                        + ": remove it and restore again");
        assertThat(target.resolve("c")).doesNotExist();

        Shell.run(SITES.directory(), "rm -r half");
        SITES.near()
                .run("restore", snapshot, "--peer", "far", "--to", target.toString())
                .succeeded();
        TreeListing.assertSame(data, target);
    }

    private static Optional<JobView> ingested() throws Exception {
        return SITES.near().client().jobs().stream()
                .filter(job -> job.kind().equals("ingest") && job.state().hasEnded())
                .findFirst();
    }

    @Test
    void ingestPublishesNothing() throws Exception {
        Running ingest = Running.near(Redirect.PIPE, "ingest", "dump");
        OutputStream stream = ingest.process().getOutputStream();
        stream.write(new byte[8 << 20]);
        stream.flush();

        assertThat(ingest.interrupt()).isEqualTo("culvert: interrupted; nothing was stored of this stream");
        stream.close();
        // Only when the gateway is done with what it has got is it certain that nothing comes of it.
        Await.until("the gateway has noticed", Site.PATIENCE, () -> ingested().isPresent());
        assertThat(ingested().orElseThrow().state()).isEqualTo(JobState.FAILED);
        assertThat(SITES.near()
                        .run("snapshot", "list", "--dataset", "dump", "--output", "json")
                        .succeeded()
                        .json())
                .isEmpty();
        SITES.near().run("verify").succeeded();
    }

    @Test
    void aGatewayEndsInOrderAndItsJobGoesOnAtTheNextStart() throws Exception {
        newData();
        String job = SITES.near()
                .run("replicate", "data", "--output", "json")
                .succeeded()
                .json()
                .get(0)
                .path("id")
                .asText();
        awaitSending(job);

        assertThat(SITES.near().interrupt()).isEqualTo(BY_SIGINT);
        assertThat(SITES.near().logText()).doesNotContain("the stream is down", "ERROR", "a thread ended by a bug");
        Await.until("far was told", Site.PATIENCE, () -> SITES.far().logText().contains("STOPPING: near stops"));
        assertThat(SITES.near().directory().resolve("admin.sock")).doesNotExist();
        SITES.near().start();
        awaitDone(job);
        SITES.awaitStream();
    }
}
