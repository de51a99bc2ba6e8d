package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.CommandResult;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Names that nobody knows, and a peer that is down: an answer at once, with the exit code and what to do (rule 6). */
final class BadPeerIT {

    /** Long for a machine that is busy; what hangs takes for ever. */
    private static final Duration AT_ONCE = Duration.ofSeconds(30);

    private static final String NO_SNAPSHOT = "20260101T000000-00000000";

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static Path data;

    @BeforeAll
    static void start() throws Exception {
        data = SITES.data();
        Shell.run(data, "mkdir a; seq 20000 > a/numbers; ln -s a link");
        SITES.near().settings("""
                grants:
                  far: {read: [data]}
                datasets:
                  data: {kind: tree, path: "%1$s", replicateTo: [{peer: far, pool: main}]}
                  stray: {kind: tree, path: "%1$s", replicateTo: [{peer: nobody, pool: main}]}
                  barred: {kind: tree, path: "%1$s", replicateTo: [{peer: far, pool: closed}]}
                """.formatted(data));
        SITES.far().settings("""
                grants:
                  near: {write: [main], read: [data]}
                """);
        SITES.startAndEnrol();
    }

    private static Path target(String name) {
        return SITES.directory().resolve("restored-" + name);
    }

    private static CommandResult atOnce(Site site, String... arguments) {
        long began = System.nanoTime();
        CommandResult result = site.run(arguments);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as(result.toString())
                .isLessThan(AT_ONCE);
        return result;
    }

    @Test
    void namesThatNobodyKnowsAreSaidWithWhatToDo() {
        Site near = SITES.near();
        near.run("replicate", "nothing", "--wait").failed(1, "there is no dataset \"nothing\"", "culvert dataset list");
        near.run("replicate", "data", "--to", "daegu").failed(2, "is not replicated to daegu", "replicateTo");
        near.run("replicate", "stray", "--wait")
                .failed(1, "peer nobody is not enrolled here", "culvert peer invite nobody");
        near.run("ingest", "nothing").failed(1, "there is no dataset \"nothing\"");
        near.run("ingest", "data").failed(2, "data is a tree dataset", "culvert replicate data");
        near.run("snapshot", "list", "--peer", "nobody").failed(1, "culvert peer invite nobody");
        near.run("restore", NO_SNAPSHOT, "--to", target("none").toString())
                .failed(1, NO_SNAPSHOT, "culvert snapshot list");
        near.run("restore", NO_SNAPSHOT, "--peer", "nobody", "--stdout").failed(1, "nobody");
        near.run("verify", NO_SNAPSHOT).failed(1, NO_SNAPSHOT, "culvert snapshot list");
        near.run("verify", "--pool", "none").failed(1, "there is no pool \"none\"", "culvert pool list");
        near.run("peer", "revoke", "nobody").failed(1, "there is no peer \"nobody\"", "culvert peer list");
        near.run("job", "show", "none-1").failed(1, "there is no job none-1", "culvert job list");
        assertThat(target("none")).doesNotExist();
    }

    @Test
    void aPoolThatThePeerDoesNotGrantIsRefusedByName() {
        SITES.near()
                .run("replicate", "barred", "--wait")
                .failed(3, "peer near may not write to pool closed at far", "write: [closed]");
    }

    @Test
    void whatIsAddressedToAPeerThatIsDownAnswersAtOnceAndItsJobGoesOn() throws Exception {
        Site near = SITES.near();
        String snapshot = near.replicate("data").snapshot().orElseThrow();
        SITES.far().kill();
        try {
            Await.until(
                    "near notices",
                    Site.PATIENCE,
                    () -> near.client().peers().getFirst().stream().state()
                            != io.culvert.gateway.admin.StreamView.State.UP);
            Shell.run(data, "printf more > a/more");
            CommandResult replicate = atOnce(near, "replicate", "data", "--to", "far", "--wait");
            replicate.failed(4, "peer far is down since", "systemctl start culvert", "culvert job cancel data");
            String[] listed = {"peer far is", "systemctl start culvert", "culvert peer list"};
            atOnce(near, "snapshot", "list", "--peer", "far").failed(4, listed);
            atOnce(near, "restore", snapshot, "--peer", "far", "--stdout").failed(4, listed);
            atOnce(near, "restore", snapshot, "--to", target("down").toString()).failed(4, snapshot, "far", "down");
            atOnce(near, "snapshot", "show", snapshot).failed(4, snapshot, "far", "down");
            assertThat(target("down")).doesNotExist();
            for (String command : new String[] {"status", "snapshot list", "verify", "peer list", "job list"}) {
                atOnce(SITES.far(), command.split(" ")).failed(4, "admin.sock", "systemctl start culvert");
            }
            assertThat(near.run("status").succeeded().text()).contains("peer far is not connected");
            assertThat(near.client().jobs().getFirst().state()).isEqualTo(JobState.WAITING);
        } finally {
            SITES.far().start();
        }
        SITES.awaitStream();
        Await.until(
                "the job goes on by itself",
                Site.PATIENCE,
                () -> near.client().jobs().getFirst().state() == JobState.DONE);
        String second = near.client().jobs().getFirst().snapshot().orElseThrow();
        SITES.far().assertRestores(second, data);
        SITES.far().run("verify").succeeded();
    }
}
