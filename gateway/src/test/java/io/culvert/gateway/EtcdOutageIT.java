package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.AlarmView;
import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.EtcdProcess;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TestCertificates;
import io.culvert.gateway.testing.TwoSites;
import io.culvert.gateway.testing.Waiting;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The quorum of a real etcd is lost while real gateways replicate: what runs goes on, people are told, what ends meanwhile is noted later,
 * and all of it resumes without anybody.
 *
 * <p>{@code -Dculvert.etcd.outage=600} is how many seconds the quorum is lost; if nothing is said, longer than a lease.
 */
@Waiting
@Timeout(1200)
@Tag("campaign")
final class EtcdOutageIT {
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("culvert.etcd.outage", 16));

    /** Within which people are told. */
    private static final Duration TOLD = Duration.ofSeconds(30);

    private static final int SMALL_BYTES = 2 << 20;

    private static final long BYTES_A_SECOND = 400_000;

    /** So much that it is not done when the quorum comes back. */
    private static final long LARGE_BYTES = BYTES_A_SECOND * (OUTAGE.toSeconds() + 25);

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static EtcdCluster etcd;

    @BeforeAll
    static void start() throws Exception {
        Path data = SITES.data("small", "large");
        Random random = new Random(7);
        writeRandom(random, data.resolve("small/one"), SMALL_BYTES);
        for (int i = 0; i < 8; i++) {
            writeRandom(random, data.resolve("large/" + i), LARGE_BYTES / 8);
        }
        EtcdProcess.Tls tls = new TestCertificates(SITES.directory().resolve("tls"))
                .issue("culvert", Instant.now().plusSeconds(7200));
        etcd = EtcdCluster.start(SITES.directory().resolve("etcd"), 3, tls);
        SITES.near()
                .checkpoints("{etcd: {endpoints: %s, ca: \"%s\", cert: \"%s\", key: \"%s\", prefix: /culvert}}"
                        .formatted(
                                etcd.endpoints().stream()
                                        .map(endpoint -> "\"" + endpoint + "\"")
                                        .toList(),
                                tls.ca(),
                                tls.certificate(),
                                tls.key()));
        SITES.near().settings("""
                peers:
                  far: {bandwidth: [{limit: %dkbit/s}]}
                datasets:
                  small: {kind: tree, path: "%2$s/small", replicateTo: [{peer: far, pool: main}]}
                  large: {kind: tree, path: "%2$s/large", replicateTo: [{peer: far, pool: main}]}
                """.formatted(BYTES_A_SECOND * 8 / 1000, data));
        SITES.far().settings("grants:\n  near: {write: [main]}\n");
        SITES.startAndEnrol();
    }

    @AfterAll
    static void stopEtcd() throws Exception {
        etcd.close();
    }

    private static void writeRandom(Random random, Path file, long bytes) throws IOException {
        byte[] block = new byte[1 << 16];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long written = 0; written < bytes; written += block.length) {
                random.nextBytes(block);
                out.write(block);
            }
        }
    }

    private static JobView job(String id) {
        return SITES.near().job(id).orElseThrow();
    }

    private static void awaitAcknowledged(String id, long bytes) throws Exception {
        Await.until(
                bytes + " bytes of " + id + " are acknowledged",
                Site.PATIENCE,
                () -> job(id).progress().acknowledgedBytes() >= bytes);
    }

    private static String status() {
        return SITES.near().run("status").text();
    }

    private static void awaitTold(String... sentences) throws Exception {
        Await.until("status says so: " + List.of(sentences), TOLD, () -> {
            String status = status();
            String log = SITES.near().logText();
            List<String> alarms = SITES.near().client().status().alarms().stream()
                    .map(AlarmView::sentence)
                    .toList();
            return List.of(sentences).stream()
                    .allMatch(sentence -> status.contains(sentence)
                            && log.contains(sentence)
                            && alarms.stream().anyMatch(alarm -> alarm.contains(sentence)));
        });
    }

    @Test
    void replicationsGoOnWhileTheQuorumIsLostAndAreNotedWhenItIsBack() throws Exception {
        String small = SITES.near().beginToReplicate("small");
        String large = SITES.near().beginToReplicate("large");
        awaitAcknowledged(small, 1);
        awaitAcknowledged(large, 1);
        long lost = System.nanoTime();
        EtcdProcess paused = etcd.leader(null);
        EtcdProcess killed = etcd.members().stream()
                .filter(member -> member != paused)
                .findFirst()
                .orElseThrow();
        killed.kill();
        paused.pause();

        awaitTold(
                "no job is begun and nothing noted; transfers under way go on as long as their receivers take them, and"
                        + " all resumes by itself when etcd is back",
                "no quorum of 2: nothing is written");
        long told = job(large).progress().acknowledgedBytes();
        awaitAcknowledged(large, told + 8 * BYTES_A_SECOND);
        Await.until(
                "the small one is done without etcd",
                Site.PATIENCE,
                () -> job(small).state() == JobState.DONE);
        SITES.far()
                .assertRestores(
                        job(small).snapshot().orElseThrow(), SITES.data("small").resolve("small"));
        LockSupport.parkNanos(OUTAGE.toNanos() - (System.nanoTime() - lost));
        JobView before = job(large);
        assertThat(before.state().hasEnded()).as("%s", before).isFalse();

        killed.start();
        long back = System.nanoTime();
        Await.until("status is well again", Site.PATIENCE, () -> !status().contains("etcd has not answered"));
        System.err.printf(
                Locale.ROOT,
                "MEASURED status well %d ms after a member's start%n",
                Duration.ofNanos(System.nanoTime() - back).toMillis());
        Await.until(
                "the large one is claimed again while it runs",
                Site.PATIENCE,
                () -> !job(large).fence().equals(before.fence()));
        paused.resume();
        Await.until(
                "the large one ends", Site.PATIENCE, () -> job(large).state().hasEnded());
        JobView ended = job(large);
        assertThat(ended.state()).as("%s", ended).isEqualTo(JobState.DONE);
        assertThat(ended.tries()).as("%s", ended).isEqualTo(1);
        assertThat(job(small).tries()).isEqualTo(1);
        SITES.far()
                .assertRestores(
                        ended.snapshot().orElseThrow(), SITES.data("large").resolve("large"));
        SITES.far().run("verify").succeeded();
        Await.until(
                "both ends are noted",
                Site.PATIENCE,
                () -> etcd.ctl("ctl get --prefix --keys-only /culvert/ended/").contains(small)
                        && etcd.ctl("ctl get --prefix --keys-only /culvert/ended/")
                                .contains(large));
        Await.until("nothing is wrong any more", TOLD.multipliedBy(2), () -> !status().contains("etcd: "));

        SITES.near().stop();
        SITES.near().start();
        Await.until(
                "the restarted gateway knows how they ended",
                Site.PATIENCE,
                () -> SITES.near().job(small).isPresent()
                        && SITES.near().job(large).isPresent());
        for (String id : List.of(small, large)) {
            assertThat(job(id).state()).isEqualTo(JobState.DONE);
        }
        assertThat(SITES.far().snapshots("small")).isEqualTo(1);
        assertThat(SITES.far().snapshots("large")).isEqualTo(1);
    }
}
