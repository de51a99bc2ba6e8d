package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** More jobs at once than a gateway has memory for, as a schedule of many datasets starts them. */
final class ManyJobsIT {

    private static final int JOBS = 14;

    /** As much as one attempt may hold in memory; all of them together are several heaps. */
    private static final int BYTES = 48 << 20;

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    @BeforeAll
    static void start() throws Exception {
        StringBuilder yaml = new StringBuilder("datasets:\n");
        SplittableRandom random = new SplittableRandom(14);
        byte[] noise = new byte[BYTES];
        for (int i = 0; i < JOBS; i++) {
            Path source = SITES.data("d" + i).resolve("d" + i);
            random.nextBytes(noise);
            Files.write(source.resolve("noise"), noise);
            yaml.append(
                    "  d%d: {kind: tree, path: \"%s\", replicateTo: [{peer: far, pool: main}]}\n".formatted(i, source));
        }
        SITES.near().settings(yaml.toString());
        SITES.far().settings("grants:\n  near: {write: [main]}\n");
        SITES.startAndEnrol();
    }

    @Test
    void allOfThemAreDoneInTurnByTheSameProcesses() throws Exception {
        long near = SITES.near().pid();
        long far = SITES.far().pid();
        awaitDone(begin());
        assertThat(ProcessHandle.of(near)).isPresent();
        assertThat(ProcessHandle.of(far)).isPresent();
        SITES.far().run("verify").succeeded();
    }

    @Test
    void whatWasAcceptedIsDoneThoughTheGatewayIsKilledAMomentLater() throws Exception {
        List<String> jobs = begin();
        SITES.near().kill();
        SITES.near().start();
        awaitDone(jobs);
    }

    private static List<String> begin() throws Exception {
        List<String> jobs = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            jobs.add(SITES.near().beginToReplicate("d" + i));
        }
        return jobs;
    }

    private static void awaitDone(List<String> jobs) throws Exception {
        for (String id : jobs) {
            Await.until(
                    id + " has ended",
                    Site.PATIENCE,
                    () -> SITES.near()
                            .job(id)
                            .map(JobView::state)
                            .filter(JobState::hasEnded)
                            .isPresent());
            assertThat(SITES.near().job(id).orElseThrow().state()).isEqualTo(JobState.DONE);
        }
    }
}
