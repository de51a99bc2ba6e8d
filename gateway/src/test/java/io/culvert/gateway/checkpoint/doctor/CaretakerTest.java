package io.culvert.gateway.checkpoint.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.checkpoint.doctor.Check.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CaretakerTest {

    private static final Instant START = Instant.parse("2026-11-30T00:00:00Z");
    private static final Duration STEP = Duration.ofSeconds(20);
    private static final Check FULL =
            new Check("alarms", Verdict.CRITICAL, "m1: memberID:1 alarm:NOSPACE", "none", "do");
    private static final Check HOLES = new Check("database to what is in use", Verdict.WARNING, "2.1", "1.5", "do");
    private static final Check NO_QUORUM = new Check("members", Verdict.CRITICAL, "1 of 3", "all", "do");

    private final List<String> done = new ArrayList<>();
    private Instant now = START;
    private Optional<Instant> newest = Optional.empty();
    private boolean failing;
    private boolean inCharge = true;

    private final Caretaker caretaker = new Caretaker("seoul", new Caretaker.Work() {
        @Override
        public void backUp() throws IOException {
            does("back up");
            newest = Optional.of(now);
        }

        @Override
        public void compact() throws IOException {
            does("compact");
        }

        @Override
        public void defragment() throws IOException {
            does("defragment");
        }

        private void does(String what) throws IOException {
            done.add(what);
            if (failing) {
                throw new IOException("it cannot");
            }
        }
    });

    private void pass(Duration time, Check... checks) throws InterruptedException {
        for (Instant end = now.plus(time); now.isBefore(end); now = now.plus(STEP)) {
            caretaker.look(now, newest, List.of(checks), inCharge);
        }
    }

    @Test
    void fourBackupsADayTheFirstAtOnce() throws InterruptedException {
        inCharge = false;
        pass(STEP);
        assertThat(done).containsExactly("back up");
        pass(Duration.ofHours(48));
        assertThat(done).hasSize(9).containsOnly("back up");
    }

    @Test
    void historyIsDroppedEveryFiveMinutesAndByTheGatewayInChargeOnly() throws InterruptedException {
        newest = Optional.of(START.plus(Duration.ofDays(1)));
        pass(STEP);
        assertThat(done).containsExactly("compact");
        pass(Duration.ofHours(1));
        assertThat(done).hasSize(13).containsOnly("compact");
        inCharge = false;
        pass(Duration.ofHours(1));
        assertThat(done).hasSize(13);
    }

    @Test
    void twoSitesBackUpAtDifferentTimes() throws InterruptedException {
        assertThat(timeOfDay("seoul")).isNotEqualTo(timeOfDay("busan"));
    }

    private static Duration timeOfDay(String site) throws InterruptedException {
        List<Instant> made = new ArrayList<>();
        Instant[] now = {START};
        Caretaker one = new Caretaker(site, new Caretaker.Work() {
            @Override
            public void backUp() {
                made.add(now[0]);
            }

            @Override
            public void compact() {}

            @Override
            public void defragment() {}
        });
        Optional<Instant> newest = Optional.of(START);
        for (; made.isEmpty(); now[0] = now[0].plus(STEP)) {
            one.look(now[0], newest, List.of(), true);
        }
        return Duration.between(START, made.getFirst());
    }

    @Test
    void ofSeveralGatewaysEachHasBackupsAndOneChangesSomething() throws InterruptedException {
        inCharge = false;
        pass(STEP, FULL, HOLES);
        assertThat(done).containsExactly("back up");
        inCharge = true;
        pass(STEP, FULL, HOLES);
        assertThat(done).containsExactly("back up", "compact", "defragment");
    }

    @Test
    void aFailedBackupIsTriedAgainAfterAPause() throws InterruptedException {
        failing = true;
        inCharge = false;
        pass(Duration.ofMinutes(25));
        assertThat(done).containsExactly("back up", "back up", "back up");
        failing = false;
        pass(Duration.ofMinutes(25));
        assertThat(done).hasSize(4);
    }

    @Test
    void aFullDatabaseIsCompactedAndDefragmentedOnceInAWhile() throws InterruptedException {
        newest = Optional.of(START);
        pass(STEP, FULL);
        assertThat(done).containsExactly("compact", "defragment");
        pass(Duration.ofMinutes(9), FULL);
        assertThat(done).hasSize(2);
        failing = true;
        pass(Duration.ofMinutes(5), FULL);
        assertThat(done)
                .as("what cannot be compacted is not defragmented")
                .hasSize(3)
                .endsWith("compact");
    }

    @Test
    void holesAreDefragmentedOnceADayAndNothingIsDoneWithoutAQuorum() throws InterruptedException {
        newest = Optional.of(START.plus(Duration.ofDays(3)));
        pass(Duration.ofHours(23), HOLES);
        assertThat(done).containsOnlyOnce("defragment");
        pass(Duration.ofHours(2), HOLES);
        assertThat(done).filteredOn("defragment"::equals).hasSize(2);
        int before = done.size();
        newest = Optional.empty();
        pass(Duration.ofHours(48), FULL, HOLES, NO_QUORUM);
        assertThat(done).hasSize(before);
    }

    @Test
    void aClockThatIsSetBackStopsNothing() throws InterruptedException {
        failing = true;
        pass(STEP, FULL);
        now = START.minus(Duration.ofDays(1));
        pass(STEP, FULL);
        assertThat(done).containsExactly("back up", "compact", "back up", "compact");
    }
}
