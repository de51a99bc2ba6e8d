package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.admin.EtcdCopy;
import io.culvert.gateway.checkpoint.doctor.Dated;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.replicate.Job;
import io.culvert.gateway.replicate.JobLedger;
import io.culvert.gateway.replicate.NoPools;
import io.culvert.gateway.replicate.ReplicateSettings;
import io.culvert.gateway.replicate.Replicator;
import io.culvert.gateway.replicate.Streams;
import io.culvert.gateway.stream.Channel;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a copy is begun; the ledger does not take claims, so that it goes no further. */
final class EtcdCopiesTest {

    private static final Instant COPIED = Instant.parse("2026-11-30T12:00:00Z");
    private static final JobLedger.JobKey KEY = new JobLedger.JobKey("culvert-etcd", "busan", "main");

    private final AtomicReference<Instant> now = new AtomicReference<>(COPIED.plusSeconds(3600));
    private final Ledger ledger = new Ledger();
    private Replicator replicator;
    private EtcdCopies copies;

    /** Knows one copy, once it answers. */
    private static final class Ledger implements JobLedger {
        private boolean answers = true;

        @Override
        public Claim claim(JobKey key, Runnable lost) throws LedgerException {
            throw new LedgerException("it takes no claims", new IOException());
        }

        @Override
        public Memory recall() throws IOException {
            if (!answers) {
                throw new IOException("it does not answer");
            }
            return new Memory(List.of(), List.of(), Map.of(KEY, new Replica("01-7f", COPIED)));
        }

        @Override
        public Set<JobKey> known() {
            return Set.of(KEY);
        }

        @Override
        public boolean rehome(JobKey from, JobKey to) {
            return false;
        }

        @Override
        public void ended(Job.View job) {}
    }

    /** Streams that nobody opens a channel in. */
    private record NoStreams() implements Streams {
        @Override
        public Channel open(String peer, ChannelKind kind, Slice openPayload) {
            throw new AssertionError("no attempt begins without a claim");
        }

        @Override
        public Wire wire(String peer) {
            return new Wire(0, 0);
        }
    }

    @BeforeEach
    void open(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("site.yaml"), """
                site: seoul
                stateDir: "%s"
                checkpoints: {etcd: {spawn: /usr/bin/etcd, backup: {replicateTo: [{peer: busan, pool: main}]}}}
                """.formatted(directory.resolve("state")));
        SiteConfig config = SiteConfigLoader.load(file);
        InstantSource clock = now::get;
        replicator = new Replicator(
                new ReplicateSettings("seoul", directory, 2, 1, clock, new Random(7)),
                new NoStreams(),
                new NoPools(),
                ledger);
        copies = new EtcdCopies(() -> config, replicator, new Whereabouts(), clock);
    }

    @AfterEach
    void close() {
        replicator.close();
    }

    private void recall() {
        replicator.resume(Map::of, peer -> true);
    }

    @Test
    void nothingIsCopiedBeforeItIsKnownWhatIsThere() {
        copies.spread(COPIED.plusSeconds(1));
        assertThat(replicator.jobs()).isEmpty();
        assertThat(copies.list())
                .singleElement()
                .satisfies(copy -> assertThat(copy.newest().trouble()).contains("not known until"));
    }

    @Test
    void whatIsThereIsNotCopiedAgain() {
        recall();
        copies.spread(COPIED.minusMillis(1));
        assertThat(replicator.jobs()).isEmpty();
        assertThat(copies.list()).singleElement().satisfies(copy -> {
            assertThat(copy.place()).isEqualTo("busan/main");
            assertThat(copy.newest()).isEqualTo(Dated.of(COPIED));
            assertThat(copy.trouble()).isEmpty();
        });
    }

    @Test
    void aNewerOneIsCopiedByOneJob() {
        recall();
        copies.spread(COPIED);
        copies.spread(COPIED);
        assertThat(replicator.jobs())
                .singleElement()
                .satisfies(job -> assertThat(job.key()).isEqualTo(KEY));
    }

    @Test
    void oneThatFailedIsTriedAgainAfterAPause() throws Exception {
        recall();
        copies.spread(COPIED);
        Job job = replicator.jobs().getFirst();
        replicator.cancel(job.id());
        job.await();
        now.updateAndGet(then -> then.plus(EtcdCopies.PAUSE).minusMillis(1));
        copies.spread(COPIED);
        assertThat(replicator.jobs()).hasSize(1);
        now.updateAndGet(then -> then.plusMillis(1));
        copies.spread(COPIED);
        assertThat(replicator.jobs()).hasSize(2);
    }

    @Test
    void whoAsksIsToldWhatItWaitsFor() throws Exception {
        recall();
        EtcdCopy copy = copies.spread(COPIED, Duration.ofMillis(200)).getFirst();
        assertThat(copy.state()).isEqualTo(EtcdCopy.State.UNDER_WAY);
        assertThat(copy.snapshot()).isEmpty();
        assertThat(copy.reason()).startsWith("job culvert-etcd@busan-");
    }
}
