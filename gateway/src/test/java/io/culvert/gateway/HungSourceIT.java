package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.PausableMount;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import io.culvert.gateway.testing.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Sources on a file system that no longer answers, as an NFS server does that went away: their jobs wait in the kernel, in
 * greater number than this machine has cores, and stop nothing else.
 */
@Waiting
final class HungSourceIT {

    /** Fewer than may run at a time to one peer. */
    private static final int HUNG = Math.min(Runtime.getRuntime().availableProcessors() + 2, 5);

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static PausableMount mount;

    @BeforeAll
    static void start() throws Exception {
        Path source = SITES.directory().resolve("source");
        Path mounted = SITES.directory().resolve("mounted");
        mount = PausableMount.mount(source, mounted);
        Path alive = Files.createDirectories(SITES.directory().resolve("alive"));
        Files.writeString(alive.resolve("file"), "alive");
        StringBuilder yaml = new StringBuilder("datasets:\n");
        append(yaml, "alive", alive);
        for (int i = 0; i < HUNG; i++) {
            Files.writeString(Files.createDirectories(source.resolve("d" + i)).resolve("file"), "hung " + i);
            append(yaml, "hung" + i, mounted.resolve("d" + i));
        }
        SITES.near().settings(yaml.toString());
        SITES.far().settings("grants:\n  near: {write: [main]}\n");
        SITES.startAndEnrol();
    }

    private static void append(StringBuilder yaml, String dataset, Path path) {
        yaml.append(
                "  %s: {kind: tree, path: \"%s\", replicateTo: [{peer: far, pool: main}]}\n".formatted(dataset, path));
    }

    @AfterAll
    static void unmount() throws Exception {
        if (mount != null) {
            mount.close();
        }
    }

    @Test
    void jobsThatWaitForADeadFileSystemStopNoOther() throws Exception {
        mount.pause();
        List<String> jobs = new ArrayList<>();
        for (int i = 0; i < HUNG; i++) {
            jobs.add(SITES.near().beginToReplicate("hung" + i));
        }
        Await.until(
                "all of them wait for their file system",
                Site.PATIENCE,
                () -> PausableMount.waitingInTheKernel(SITES.near().pid()) >= HUNG);

        assertThat(SITES.near().replicate("alive").snapshot()).isPresent();
        assertThat(SITES.near().run("status").succeeded().text()).contains("hung0");
        assertThat(jobs).allSatisfy(id -> assertThat(state(id)).isEqualTo(JobState.SCANNING));

        mount.goOn();
        for (String id : jobs) {
            Await.until(id + " is done", Site.PATIENCE, () -> state(id) == JobState.DONE);
        }
        SITES.far().run("verify").succeeded();
    }

    private static JobState state(String id) {
        return SITES.near().job(id).map(JobView::state).orElseThrow();
    }
}
