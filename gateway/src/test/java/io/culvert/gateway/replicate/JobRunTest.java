package io.culvert.gateway.replicate;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.pool.Fence;
import io.culvert.gateway.stream.Channel;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.siteconfig.DatasetConfig;
import io.culvert.siteconfig.Retention;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What ends an attempt at the moment it begins; the peer never answers, so that what is missed hangs. */
@Timeout(60)
final class JobRunTest {

    private static final JobLedger.JobKey KEY = new JobLedger.JobKey("data", "far", "main");

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private final Job job = new Job("data@far-1", "replicate", KEY, Instant.EPOCH);
    private final Ledger ledger = new Ledger();

    /** Gives every claim and keeps what was noted. */
    private static final class Ledger implements JobLedger {
        private final List<Runnable> claims = new ArrayList<>();
        private final List<Job.State> noted = new CopyOnWriteArrayList<>();
        private final List<Job.State> ends = new CopyOnWriteArrayList<>();

        /** So often it does not answer when an end is to be noted, and then the ownership is lost, too. */
        private int refusals;

        /** So often it does not answer when something is to be noted at once. */
        private volatile int silences;

        /** So often somebody else has the job. */
        private int elsewhere;

        /** Whether what was noted last is a run that has not ended. */
        private boolean unfinished = true;

        @Override
        public Claim claim(JobKey key, Runnable lost) throws LedgerException {
            if (elsewhere-- > 0) {
                throw new ElsewhereException("a run before this one has it", new IOException());
            }
            claims.add(lost);
            return new Owned(new Fence(1, claims.size()));
        }

        @Override
        public Memory recall() {
            return new Memory(List.of(), List.of(), Map.of());
        }

        @Override
        public Set<JobKey> known() {
            return Set.of();
        }

        @Override
        public boolean rehome(JobKey from, JobKey to) {
            return false;
        }

        @Override
        public void ended(Job.View ended) {
            ends.add(ended.state());
        }

        private final class Owned implements Claim {
            private final Fence fence;

            Owned(Fence fence) {
                this.fence = fence;
            }

            @Override
            public Fence fence() {
                return fence;
            }

            @Override
            public boolean isUnfinished(String run) {
                return unfinished;
            }

            @Override
            public void note(JobNote note) {
                noted.add(note.state());
            }

            @Override
            public void noteNow(JobNote note) throws LedgerException {
                if (silences-- > 0) {
                    throw new LedgerException("it does not answer", new IOException());
                }
                noted.add(note.state());
            }

            @Override
            public void ended(Job.View ended) throws LedgerException {
                if (refusals-- > 0) {
                    claims.getLast().run();
                    throw new LedgerException("it does not answer", new IOException());
                }
                ends.add(ended.state());
            }

            @Override
            public void release() {}
        }
    }

    /** Streams on which something happens while a channel is being opened. */
    private record Opening(Runnable meanwhile) implements Streams {
        @Override
        public Channel open(String peer, ChannelKind kind, Slice openPayload) {
            meanwhile.run();
            return new AnsweringChannel();
        }

        @Override
        public Wire wire(String peer) {
            return new Wire(0, 0);
        }
    }

    private JobRun run(Runnable whileOpening) {
        return run(whileOpening, new AttemptMemory(2));
    }

    private JobRun run(Runnable whileOpening, AttemptMemory memory) {
        DatasetConfig dataset = new DatasetConfig.Stream(
                "main", new DatasetConfig.Policy(List.of(), Optional.empty(), Optional.empty(), Retention.KEEP_ALL));
        ReplicateSettings settings =
                new ReplicateSettings("near", directory, 2, 1, InstantSource.system(), new Random(1));
        return new JobRun(job, dataset, settings, new Opening(whileOpening), new NoPools(), ledger, memory);
    }

    @Test
    void aRunThatAnotherGatewayHasEndedIsNotRunAgain() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        JobRun run = run(opened::incrementAndGet);
        run.resumes(ended::incrementAndGet);
        ledger.unfinished = false;

        run.run();

        assertThat(ended).hasValue(1);
        assertThat(opened).as("channels that were opened").hasValue(0);
        assertThat(ledger.noted).isEmpty();
        assertThat(ledger.ends).isEmpty();
    }

    @Test
    void aJobOfARunBeforeIsCancelledForGoodThoughThatHasItsClaimYet() throws Exception {
        JobRun run = run(() -> {});
        run.resumes(() -> {});
        ledger.elsewhere = 2;
        run.cancel();

        run.run();

        assertThat(ledger.noted).containsExactly(Job.State.CANCELLED);
        assertThat(ledger.ends).containsExactly(Job.State.CANCELLED);
    }

    @Test
    void aJobThatIsCancelledWhileItsChannelIsOpenedEnds() throws Exception {
        JobRun[] self = new JobRun[1];
        self[0] = run(() -> self[0].cancel());

        self[0].run();

        assertThat(job.view().state()).isEqualTo(Job.State.CANCELLED);
        assertThat(ledger.noted).endsWith(Job.State.CANCELLED);
        assertThat(ledger.ends).containsExactly(Job.State.CANCELLED);
    }

    @Test
    void aRunIsNotedBeforeItsTurnComes() throws Exception {
        AttemptMemory memory = new AttemptMemory(2);
        List<Places.Turn> others = new ArrayList<>();
        for (int i = 0; i < AttemptMemory.MAX_JOBS; i++) {
            others.add(memory.job(KEY.peer()));
            assertThat(others.getLast().await(Duration.ZERO)).isTrue();
        }
        JobRun run = run(() -> {}, memory);
        Thread running = Thread.ofVirtual().start(() -> runQuietly(run));

        run.awaitBegun(Duration.ofSeconds(50));

        assertThat(ledger.noted).containsExactly(Job.State.QUEUED);
        run.cancel();
        running.join();
        others.forEach(Places.Turn::close);
    }

    @Test
    void whoWaitsForARunToBeNotedIsAnsweredWhenTheLedgerIsNot() throws Exception {
        ledger.silences = Integer.MAX_VALUE;
        JobRun run = run(() -> {});
        Thread running = Thread.ofVirtual().start(() -> runQuietly(run));

        run.awaitBegun(Duration.ofSeconds(50));

        assertThat(job.view().state()).isEqualTo(Job.State.WAITING);
        assertThat(job.view().sentence()).isEqualTo("it does not answer");
        ledger.silences = 0;
        run.cancel();
        running.join();
        assertThat(ledger.ends).containsExactly(Job.State.CANCELLED);
    }

    private static void runQuietly(JobRun run) {
        try {
            run.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void anAttemptWhoseOwnershipIsLostWhileItsChannelIsOpenedEndsAndTheNextHasAHigherFence() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        JobRun[] self = new JobRun[1];
        self[0] = run(() -> {
            if (opened.incrementAndGet() == 1) {
                ledger.claims.getFirst().run();
            } else {
                self[0].cancel();
            }
        });

        self[0].run();

        assertThat(ledger.claims).hasSize(2);
        assertThat(job.view().fence()).contains("1.2");
    }

    @Test
    void anEndThatTheLedgerDoesNotTakeIsNotedWhenItAnswersUnderANewClaim() throws Exception {
        ledger.refusals = 2;
        JobRun[] self = new JobRun[1];
        self[0] = run(() -> self[0].cancel());

        self[0].run();

        assertThat(ledger.claims).hasSize(3);
        assertThat(ledger.ends).containsExactly(Job.State.CANCELLED);
    }
}
