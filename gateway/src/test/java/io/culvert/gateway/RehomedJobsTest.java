package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.checkpoint.Checkpoint;
import io.culvert.gateway.checkpoint.EmbeddedCheckpointStore;
import io.culvert.gateway.checkpoint.Ownership;
import io.culvert.gateway.replicate.Job;
import io.culvert.gateway.replicate.JobLedger;
import io.culvert.gateway.replicate.JobLedger.JobKey;
import io.culvert.gateway.replicate.JobLedger.JobNote;
import io.culvert.gateway.replicate.JobLedger.Replica;
import io.culvert.gateway.replicate.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of a job follows its pool to the pool's present name, in a real store. */
final class RehomedJobsTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final JobKey FROM = new JobKey("finance", "busan", "main");
    private static final JobKey TO = new JobKey("finance", "busan", "vault");
    private static final Progress.View COUNTED = new Progress.View(1, 2, 3, 4, 5, 6, 7, 8);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    @SuppressWarnings("NullAway.Init") // set before each test
    private EmbeddedCheckpointStore store;

    @SuppressWarnings("NullAway.Init") // set before each test
    private CheckpointLedger ledger;

    @BeforeEach
    void open() throws IOException {
        store = EmbeddedCheckpointStore.open(directory, "seoul/1", InstantSource.fixed(NOON));
        ledger = new CheckpointLedger(store, InstantSource.fixed(NOON));
    }

    @AfterEach
    void close() {
        ledger.close();
        store.close();
    }

    private static JobNote note(JobKey key, Job.State state, Optional<Replica> replica) {
        return new JobNote(key, "finance@busan-1", "finance@busan-1.a", state, "", replica, NOON, COUNTED);
    }

    private void note(JobKey key, Job.State state, Optional<Replica> replica, boolean ended) throws IOException {
        JobLedger.Claim claim = ledger.claim(key, () -> {});
        claim.noteNow(note(key, state, replica));
        if (ended) {
            store.noteEnd(JobNotes.ended(view(key)));
        }
        claim.release();
    }

    private static Job.View view(JobKey key) {
        return new Job.View(
                "finance@busan-1",
                "replicate",
                key,
                Job.State.DONE,
                "",
                Optional.empty(),
                "finance@busan-1.a",
                1,
                Optional.empty(),
                Optional.of("s-1"),
                Optional.of(NOON),
                NOON,
                Optional.of(NOON),
                Optional.of(NOON),
                COUNTED,
                Optional.empty(),
                Optional.empty(),
                1,
                1,
                0,
                0);
    }

    @Test
    void theReplicaAndTheEndsOfRunsAreThoseOfThePresentName() throws IOException {
        Replica replica = new Replica("s-1", NOON);
        note(FROM, Job.State.DONE, Optional.of(replica), true);

        assertThat(ledger.rehome(FROM, TO)).isTrue();

        JobLedger.Memory memory = ledger.recall();
        assertThat(memory.replicas()).containsOnlyKeys(TO).containsEntry(TO, replica);
        assertThat(memory.ended()).extracting(Job.View::key).containsExactly(TO);
        assertThat(ledger.known()).containsExactly(TO);
        assertThat(ledger.rehome(FROM, TO)).isTrue();
        assertThat(ledger.recall()).isEqualTo(memory);
    }

    @Test
    void aJobThatWasCutOffGoesOnByThePresentName() throws IOException {
        note(FROM, Job.State.SCANNING, Optional.empty(), false);

        ledger.rehome(FROM, TO);

        assertThat(ledger.recall().unfinished()).extracting(JobNote::key).containsExactly(TO);
    }

    @Test
    void whatTheJobOfThePresentNameHasDoneSinceStaysAndTheNewerReplicaCounts() throws IOException {
        Replica newer = new Replica("s-2", NOON.plusSeconds(60));
        note(FROM, Job.State.DONE, Optional.of(new Replica("s-1", NOON)), false);
        note(TO, Job.State.DONE, Optional.of(newer), false);

        ledger.rehome(FROM, TO);

        assertThat(ledger.recall().replicas()).containsOnlyKeys(TO).containsEntry(TO, newer);
    }

    /** Killed after the first write and before the last: both are there, and it is done again. */
    @Test
    void whatWasBrokenOffIsDoneAgain() throws IOException {
        Replica replica = new Replica("s-1", NOON);
        note(FROM, Job.State.DONE, Optional.of(replica), true);
        Checkpoint old = store.read(FROM.id()).orElseThrow().checkpoint();
        Ownership owner = store.claim(TO.id(), (owned, reason) -> {});
        store.write(owner, JobNotes.rehomed(old, TO, Optional.empty()));
        close();
        open();

        assertThat(ledger.rehome(FROM, TO)).isTrue();

        assertThat(ledger.recall().replicas()).containsOnlyKeys(TO).containsEntry(TO, replica);
        assertThat(ledger.recall().ended()).extracting(Job.View::key).containsExactly(TO);
    }

    @Test
    void aJobThatSomebodyOwnsIsLeftAlone() throws IOException {
        note(FROM, Job.State.DONE, Optional.of(new Replica("s-1", NOON)), false);
        for (JobKey owned : new JobKey[] {FROM, TO}) {
            JobLedger.Claim claim = ledger.claim(owned, () -> {});

            assertThat(ledger.rehome(FROM, TO)).isFalse();

            claim.release();
            assertThat(ledger.recall().replicas()).containsOnlyKeys(FROM);
        }
    }
}
