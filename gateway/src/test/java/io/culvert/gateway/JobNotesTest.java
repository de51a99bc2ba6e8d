package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.replicate.Job;
import io.culvert.gateway.replicate.JobLedger.JobKey;
import io.culvert.gateway.replicate.JobLedger.JobNote;
import io.culvert.gateway.replicate.JobLedger.Replica;
import io.culvert.gateway.replicate.Progress;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

final class JobNotesTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00.123456789Z");

    /** The longest names that a site file takes. */
    private static final JobKey LONGEST = new JobKey("d.".repeat(31) + "d", "p".repeat(31), "m".repeat(63));

    private static final String RUN = LONGEST.dataset() + "@" + LONGEST.peer() + "-abcdef";

    private static final Progress.View COUNTED = new Progress.View(1, 2, 3, 4, 5, 6, 7, 8);

    private static Job.View view(Job.State state, String attempt, int tries) {
        boolean done = state == Job.State.DONE;
        boolean failed = state == Job.State.FAILED;
        return new Job.View(
                RUN,
                "replicate",
                LONGEST,
                state,
                failed ? "the reason" : "",
                failed ? Optional.of(Job.Failure.REFUSED) : Optional.empty(),
                attempt,
                tries,
                Optional.of("1763000000.42"),
                done ? Optional.of("snapshot-1") : Optional.empty(),
                done ? Optional.of(NOON.minusSeconds(60)) : Optional.empty(),
                NOON.minusSeconds(90),
                tries == 0 ? Optional.empty() : Optional.of(NOON.minusSeconds(80)),
                Optional.of(NOON),
                COUNTED,
                Optional.empty(),
                done ? Optional.of(new Job.Totals(10, 11, true)) : Optional.empty(),
                12,
                13,
                0,
                0);
    }

    @ParameterizedTest
    @EnumSource(
            names = {"DONE", "FAILED", "CANCELLED"},
            mode = Mode.INCLUDE)
    void aJobThatEndedReadsAfterARestartAsBefore(Job.State state) {
        Job.View view = view(state, RUN + ".0123456789abcdef", 3);
        assertThat(JobNotes.view(JobNotes.ended(view))).isEqualTo(view);
    }

    @Test
    void oneThatWasCancelledBeforeItsFirstAttemptDoesToo() {
        Job.View view = view(Job.State.CANCELLED, "", 0);
        assertThat(JobNotes.view(JobNotes.ended(view))).isEqualTo(view);
    }

    @Test
    void aJobGoesOnUnderTheIdOfItsRunWhateverItsNames() {
        for (String attempt : new String[] {"", RUN + ".0123456789abcdef"}) {
            var note = new JobNote(LONGEST, RUN, attempt, Job.State.WAITING, "peer", Optional.empty(), NOON, COUNTED);
            var checkpoint = JobNotes.checkpoint(note, Optional.of(new Replica("snapshot-0", NOON)), NOON);
            assertThat(JobNotes.unfinished(checkpoint)).map(JobNote::run).contains(RUN);
            assertThat(JobNotes.unfinished(checkpoint)).map(JobNote::key).contains(LONGEST);
            assertThat(JobNotes.newest(checkpoint)).contains(new Replica("snapshot-0", NOON));
        }
    }

    @Test
    void jobsForTwoPoolsOfAPeerHaveCheckpointsOfTheirOwn() {
        assertThat(new JobKey("data", "far", "one").id()).isNotEqualTo(new JobKey("data", "far", "two").id());
    }
}
