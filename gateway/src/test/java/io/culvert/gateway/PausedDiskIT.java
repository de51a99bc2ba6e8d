package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.PausableMount;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The disk of a pool stops answering while two sites send into it as much as they may, and its own site sends too: what comes
 * then waits at the senders, not in the gateway's memory, and all is done when the disk answers again.
 */
final class PausedDiskIT {

    private static final int DATASETS = 6;
    private static final int BYTES = 64 << 20;

    /** Received before the disk stops: the windows have then grown as far as they may. */
    private static final long BEFORE_BYTES = 2L * DATASETS * BYTES / 3;

    private static final Duration STILL = Duration.ofSeconds(2);
    private static final int SIGNS_OF_LIFE_BYTES = 1 << 20;

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static PausableMount disk;
    private static Site third;

    @BeforeAll
    static void start() throws Exception {
        disk = PausableMount.mount(
                SITES.directory().resolve("disk"), SITES.far().pool());
        third = SITES.another("third");
        SplittableRandom random = new SplittableRandom(5);
        byte[] noise = new byte[BYTES];
        for (int i = 0; i < DATASETS; i++) {
            random.nextBytes(noise);
            Files.write(SITES.data("d" + i).resolve("d" + i).resolve("noise"), noise);
        }
        SITES.near().settings("grants:\n  far: {write: [main]}\n" + datasets("far"));
        SITES.far().settings("grants:\n  near: {write: [main]}\n  third: {write: [main]}\n" + datasets("near"));
        third.settings(datasets("far"));
        third.start();
        SITES.startAndEnrol();
        TwoSites.enrol(SITES.far(), third);
    }

    private static String datasets(String peer) throws Exception {
        StringBuilder yaml = new StringBuilder("datasets:\n");
        for (int i = 0; i < DATASETS; i++) {
            Path source = SITES.data().resolve("d" + i);
            yaml.append("  d%d: {kind: tree, path: \"%s\", replicateTo: [{peer: %s, pool: main}]}\n"
                    .formatted(i, source, peer));
        }
        return yaml.toString();
    }

    @AfterAll
    static void unmount() throws Exception {
        if (disk != null) {
            disk.goOn(); // a process cannot end while it waits for it
            SITES.far().close();
            disk.close();
        }
    }

    private record Running(Site at, String id) {
        JobView view() {
            return at.job(id).orElseThrow();
        }
    }

    @Test
    void whatComesMeanwhileWaitsAtTheSenders() throws Exception {
        long pid = SITES.far().pid();
        List<Running> jobs = new ArrayList<>();
        for (int i = 0; i < DATASETS; i++) {
            for (Site site : List.of(SITES.near(), third, SITES.far())) {
                jobs.add(new Running(site, site.beginToReplicate("d" + i)));
            }
        }
        Await.until("much is stored", Site.PATIENCE, () -> acknowledged(jobs) >= BEFORE_BYTES);

        disk.pause();
        long[] moved = {sent(jobs), System.nanoTime()};
        Await.until("the senders stop, but for signs of life", Site.PATIENCE, () -> {
            long sent = sent(jobs);
            if (sent - moved[0] > SIGNS_OF_LIFE_BYTES) {
                moved[0] = sent;
                moved[1] = System.nanoTime();
            }
            return System.nanoTime() - moved[1] > STILL.toNanos();
        });
        Await.until(
                "the status says what hangs",
                Site.PATIENCE,
                () -> Stream.of("near", "third", "pool main: its disk has not answered since")
                        .allMatch(SITES.far().run("status").succeeded().text()::contains));

        disk.goOn();
        for (Running job : jobs) {
            Await.until(
                    job + " has ended", Site.PATIENCE, () -> job.view().state().hasEnded());
            assertThat(job.view().state()).as("%s", job).isEqualTo(JobState.DONE);
        }
        assertThat(SITES.far().pid()).isEqualTo(pid);
        assertThat(ProcessHandle.of(pid)).isPresent();
        SITES.far().run("verify").succeeded();
    }

    private static long acknowledged(List<Running> jobs) {
        return jobs.stream()
                .filter(job -> job.at() != SITES.far())
                .mapToLong(job -> job.view().progress().acknowledgedBytes())
                .sum();
    }

    private static long sent(List<Running> jobs) {
        return jobs.stream()
                .mapToLong(job -> job.view().progress().wireSentBytes())
                .sum();
    }
}
