package io.culvert.gateway.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AlarmWatchTest {
    private static final Alarm POOL = Alarm.own("pool:main", "full", "pool main: it is full");

    private final AlarmWatch.Times times = AlarmWatch.Times.USUAL;
    private AlarmWatch watch = new AlarmWatch(times, List.of(), 0);
    private Duration passed = Duration.ZERO;
    private boolean first = true;

    private List<Alert> look(Duration later, Alarm... standing) {
        passed = passed.plus(later);
        return watch.look(new Sight(List.of(standing), Set.of()), first, now(), passed.toNanos());
    }

    private Instant now() {
        return Samples.NOW.plus(passed);
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    @Test
    void anAlarmIsToldOnceItHasStoodForAWhile() {
        assertThat(look(seconds(0), POOL)).isEmpty();
        assertThat(look(seconds(29), POOL)).isEmpty();
        assertThat(look(seconds(1), POOL))
                .containsExactly(new Alert(
                        Alert.Event.RAISED,
                        "pool:main",
                        POOL.sentence(),
                        Optional.empty(),
                        Samples.NOW,
                        Samples.NOW.plusSeconds(30)));
        assertThat(look(seconds(1), POOL)).isEmpty();
    }

    @Test
    void oneThatEndsBeforeIsNeverTold() {
        look(seconds(0), POOL);
        assertThat(look(seconds(20))).isEmpty();
        assertThat(look(seconds(600))).isEmpty();
        assertThat(look(seconds(0), POOL)).isEmpty();
        assertThat(look(seconds(20), POOL)).as("it began anew").isEmpty();
    }

    @Test
    void oneThatComesAndGoesIsToldAsOne() {
        look(seconds(0), POOL);
        look(seconds(15), POOL);
        assertThat(look(seconds(10))).as("gone for a moment").isEmpty();
        assertThat(look(seconds(10), POOL)).extracting(Alert::since).containsExactly(Samples.NOW);
        for (int i = 0; i < 20; i++) {
            assertThat(look(seconds(20))).isEmpty();
            assertThat(look(seconds(5), POOL)).isEmpty();
        }
    }

    @Test
    void itsEndIsNotToldWhileNobodyKnowsWhetherItStands() {
        look(seconds(0), POOL);
        look(seconds(30), POOL);
        for (int i = 0; i < 10; i++) {
            passed = passed.plus(seconds(60));
            assertThat(watch.look(new Sight(List.of(), Set.of("pool:")), true, now(), passed.toNanos()))
                    .isEmpty();
        }
        assertThat(look(seconds(29))).isEmpty();
        assertThat(look(seconds(1))).extracting(Alert::event).containsExactly(Alert.Event.CLEARED);
    }

    @Test
    void anotherCauseIsToldAndEachOnce() {
        look(seconds(0), POOL);
        look(seconds(30), POOL);
        Alarm failed = Alarm.own("pool:main", "failed", "pool main: its disk failed");
        assertThat(look(seconds(5), failed)).extracting(Alert::event).containsExactly(Alert.Event.CHANGED);
        for (int i = 0; i < 10; i++) {
            assertThat(look(seconds(5), POOL)).isEmpty();
            assertThat(look(seconds(5), failed)).isEmpty();
        }
    }

    @Test
    void itIsHeldBackForAProbeAndToldWithWhatThatFound() {
        look(seconds(0), Samples.peer(Optional.empty(), true));
        assertThat(look(seconds(60), Samples.peer(Optional.empty(), true))).isEmpty();
        assertThat(look(seconds(5), Samples.peer(Optional.of(Samples.DROP), false)))
                .singleElement()
                .satisfies(alert -> {
                    assertThat(alert.event()).isEqualTo(Alert.Event.RAISED);
                    assertThat(alert.finding()).contains(Samples.DROP);
                });
    }

    @Test
    void itIsNotHeldBackForAProbeForEver() {
        look(seconds(0), Samples.peer(Optional.empty(), true));
        assertThat(look(seconds(119), Samples.peer(Optional.empty(), true))).isEmpty();
        assertThat(look(seconds(1), Samples.peer(Optional.empty(), true))).hasSize(1);
    }

    @Test
    void anotherVerdictIsToldAndOtherWordsAreNot() {
        look(seconds(0), Samples.peer(Optional.empty(), false));
        assertThat(look(seconds(30), Samples.peer(Optional.empty(), false))).hasSize(1);
        assertThat(look(seconds(10), Samples.peer(Optional.of(Samples.DROP), false)))
                .extracting(Alert::event)
                .containsExactly(Alert.Event.CHANGED);
        assertThat(look(seconds(10), Samples.peer(Optional.of(Samples.finding("dns")), false)))
                .extracting(Alert::event)
                .containsExactly(Alert.Event.CHANGED);
        Alarm otherWords = new Alarm(
                "peer:busan", "away", Alarm.Scope.GATEWAY, "12 s later", Optional.of(Samples.finding("dns")), false);
        assertThat(look(seconds(10), otherWords)).isEmpty();
        assertThat(look(seconds(10), Samples.peer(Optional.empty(), true)))
                .as("a probe that has not found it again")
                .isEmpty();
    }

    @Test
    void whatIsOverIsClearedAfterAWhileWithTheSameNumber() {
        look(seconds(0), POOL);
        String incident = look(seconds(30), POOL).getFirst().incident();
        assertThat(look(seconds(5))).isEmpty();
        assertThat(look(seconds(20), POOL)).as("it is back").isEmpty();
        assertThat(look(seconds(29))).isEmpty();
        assertThat(look(seconds(1))).singleElement().satisfies(alert -> {
            assertThat(alert.event()).isEqualTo(Alert.Event.CLEARED);
            assertThat(alert.incident()).isEqualTo(incident);
            assertThat(alert.sentence()).isEqualTo(POOL.sentence());
        });
        assertThat(watch.told()).isEmpty();
        look(seconds(1), POOL);
        assertThat(look(seconds(30), POOL).getFirst().incident())
                .as("another time")
                .isNotEqualTo(incident);
    }

    @Test
    void whatStandsIsToldAgainEachDay() {
        look(seconds(0), POOL);
        look(seconds(30), POOL);
        assertThat(look(Duration.ofHours(24).minusSeconds(1), POOL)).isEmpty();
        assertThat(look(seconds(1), POOL)).extracting(Alert::event).containsExactly(Alert.Event.REMINDER);
        assertThat(look(Duration.ofHours(23), POOL)).isEmpty();
    }

    @Test
    void whatIsTheSitesIsToldByItsFirstGatewayAndClearedByWhoToldIt() {
        Alarm late = Alarm.ofSite("late:finance:busan:main", "", "dataset finance is late at busan");
        first = false;
        look(seconds(0), late);
        assertThat(look(seconds(300), late)).isEmpty();
        first = true;
        assertThat(look(seconds(5), late)).extracting(Alert::event).containsExactly(Alert.Event.RAISED);
        first = false;
        assertThat(look(seconds(30))).extracting(Alert::event).containsExactly(Alert.Event.CLEARED);
    }

    @Test
    void aRestartForgetsNothingThatWasTold() {
        look(seconds(0), POOL);
        String incident = look(seconds(30), POOL).getFirst().incident();
        List<AlarmWatch.Told> told = watch.told();

        watch = new AlarmWatch(times, told, passed.toNanos());
        assertThat(look(seconds(40), POOL)).as("it was told").isEmpty();
        assertThat(watch.since()).containsEntry("pool:main", Samples.NOW);

        watch = new AlarmWatch(times, told, passed.toNanos());
        assertThat(look(seconds(5))).as("it may come back").isEmpty();
        assertThat(look(seconds(25)))
                .singleElement()
                .satisfies(alert -> assertThat(alert.incident()).isEqualTo(incident));
    }

    @Test
    void whereNobodyIsToldOnlyTheBeginningIsKept() {
        watch.lookOnly(new Sight(List.of(POOL), Set.of()), now(), 0);
        passed = seconds(600);
        watch.lookOnly(new Sight(List.of(POOL), Set.of()), now(), passed.toNanos());
        assertThat(watch.since()).containsEntry("pool:main", Samples.NOW);
        assertThat(watch.told()).isEmpty();
        assertThat(look(seconds(1), POOL)).as("somebody is told now").hasSize(1);
    }

    /** Alarms that come and go at random: for each, what is said begins with RAISED, ends with CLEARED, and never says one twice. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 20261130, 77, 4711, 99991, 5})
    void whatIsSaidOfAnAlarmIsAlwaysInOrder(long seed) {
        Random random = new Random(seed);
        Map<String, Alert.Event> last = new HashMap<>();
        Map<String, Integer> changes = new HashMap<>();
        Set<String> standing = new HashSet<>();
        for (int step = 0; step < 5_000; step++) {
            String id = "pool:" + random.nextInt(5);
            if (!standing.remove(id)) {
                standing.add(id);
            }
            first = random.nextInt(10) > 0;
            List<Alarm> alarms = new ArrayList<>();
            standing.forEach(one -> alarms.add(new Alarm(
                    one,
                    "cause" + random.nextInt(2),
                    random.nextBoolean() ? Alarm.Scope.SITE : Alarm.Scope.GATEWAY,
                    "sentence " + random.nextInt(3),
                    random.nextBoolean() ? Optional.of(Samples.finding("v" + random.nextInt(2))) : Optional.empty(),
                    random.nextBoolean())));
            if (random.nextInt(50) == 0) {
                watch = new AlarmWatch(times, watch.told(), passed.toNanos());
            }
            for (Alert alert : look(seconds(random.nextInt(60)), alarms.toArray(Alarm[]::new))) {
                Alert.Event before = last.put(alert.alarm(), alert.event());
                boolean fresh = before == null || before == Alert.Event.CLEARED;
                assertThat(alert.event() == Alert.Event.RAISED)
                        .as("seed %d, step %d: %s behind %s", seed, step, alert.event(), before)
                        .isEqualTo(fresh);
                changes.merge(alert.incident(), alert.event() == Alert.Event.CHANGED ? 1 : 0, Integer::sum);
                assertThat(alert.event() == Alert.Event.CLEARED && standing.contains(alert.alarm()))
                        .as("seed %d, step %d: cleared and standing", seed, step)
                        .isFalse();
            }
        }
        assertThat(last).as("seed %d", seed).hasSize(5);
        assertThat(changes.values())
                .as("seed %d: two causes, two verdicts of each", seed)
                .allMatch(count -> count <= 5);
    }
}
