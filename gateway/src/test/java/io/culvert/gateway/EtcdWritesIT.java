package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What replications cost a real etcd, counted by etcd itself: at most five writes for each second that a job begins, whatever its speed and
 * the number of its files; none while nothing runs.
 */
final class EtcdWritesIT {

    /** Of a running job, in a second. */
    private static final int MOST = 5;

    private static final int FILES = 4_000;
    private static final int FILE_BYTES = 16 << 10;
    private static final int LARGE_BYTES = 160 << 20;

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static EtcdCluster etcd;

    @BeforeAll
    static void start() throws Exception {
        Path data = SITES.data("many", "large");
        Random random = new Random(11);
        for (int i = 0; i < FILES; i++) {
            write(random, data.resolve("many/" + i), FILE_BYTES);
        }
        write(random, data.resolve("large/one"), LARGE_BYTES);
        etcd = EtcdCluster.start(SITES.directory().resolve("etcd"), 1);
        SITES.near()
                .checkpoints("{etcd: {endpoints: [\"%s\"], prefix: /culvert}}"
                        .formatted(etcd.endpoints().getFirst()));
        SITES.near().settings("""
                datasets:
                  many: {kind: tree, path: "%1$s/many", replicateTo: [{peer: far, pool: main}]}
                  large: {kind: tree, path: "%1$s/large", replicateTo: [{peer: far, pool: main}]}
                """.formatted(data));
        SITES.far().settings("grants:\n  near: {write: [main]}\n");
        SITES.startAndEnrol();
    }

    @AfterAll
    static void stopEtcd() throws Exception {
        if (etcd != null) {
            etcd.close();
        }
    }

    private static void write(Random random, Path file, int bytes) throws IOException {
        byte[] block = new byte[Math.min(bytes, 1 << 20)];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int written = 0; written < bytes; written += block.length) {
                random.nextBytes(block);
                out.write(block);
            }
        }
    }

    /** Keys that were put or deleted since etcd was started. */
    private static long writes() throws IOException {
        String metrics;
        try (InputStream in =
                etcd.endpoints().getFirst().resolve("/metrics").toURL().openStream()) {
            metrics = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        return metrics.lines()
                .filter(line -> line.startsWith("etcd_debugging_mvcc_put_total ")
                        || line.startsWith("etcd_debugging_mvcc_delete_total "))
                .mapToLong(line -> Math.round(Double.parseDouble(line.substring(line.indexOf(' ')))))
                .sum();
    }

    @Test
    void aRunningJobCostsEtcdAtMostFiveWritesASecond() throws Exception {
        long before = writes();
        List<String> ids =
                List.of(SITES.near().beginToReplicate("many"), SITES.near().beginToReplicate("large"));
        long seconds = 0;
        for (String id : ids) {
            Await.until(id + " has ended", Site.PATIENCE, () -> job(id).state().hasEnded());
            JobView job = job(id);
            assertThat(job.state()).as("%s", job).isEqualTo(JobState.DONE);
            Duration ran =
                    Duration.between(job.started().orElseThrow(), job.ended().orElseThrow());
            seconds += ran.toSeconds() + 1;
        }
        Await.until(
                "the ends are noted, the jobs given up",
                Site.PATIENCE,
                () -> etcd.ctl("ctl get --prefix --keys-only /culvert/owner/").isBlank());
        long after = writes();
        System.err.printf(Locale.ROOT, "MEASURED %d writes in %d seconds of jobs%n", after - before, seconds);
        assertThat(after - before).isPositive().isLessThanOrEqualTo(MOST * seconds);

        long idle = writes();
        LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
        assertThat(writes()).as("while nothing runs").isEqualTo(idle);
    }

    private static JobView job(String id) {
        return SITES.near().job(id).orElseThrow();
    }
}
