package io.culvert.gateway.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which migrations may be, by how both stores look. */
final class MigrationPlanTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_000);

    private static MigrationPlan.Wish wish(boolean force, Integer... others) {
        return new MigrationPlan.Wish("seoul", Set.of(others), 0, NOW, force);
    }

    private static StoreEnd.Look look(String id, String site, long epoch, @Nullable StoreMark mark, long kept) {
        return new StoreEnd.Look(
                id,
                "store " + id,
                true,
                site.isEmpty() ? Optional.empty() : Optional.of(site),
                epoch,
                Optional.ofNullable(mark),
                kept,
                List.of(),
                Set.of(),
                List.of());
    }

    private static StoreEnd.Look look(String id, List<String> live, Set<Integer> others, List<String> strange) {
        return new StoreEnd.Look(
                id,
                "store " + id,
                !id.equals("file"),
                Optional.of("seoul"),
                5,
                Optional.empty(),
                0,
                live,
                others,
                strange);
    }

    private static StoreMark left(String other, long epoch) {
        return new StoreMark(StoreMark.Kind.LEFT, other, "store " + other, epoch, NOW);
    }

    private static StoreMark coming(String other, long epoch) {
        return new StoreMark(StoreMark.Kind.COMING, other, "store " + other, epoch, NOW);
    }

    private static final StoreEnd.Look FROM = look("a", "seoul", 7, null, 3);
    private static final StoreEnd.Look EMPTY = look("b", "", 0, null, 0);

    private static void assertRefused(boolean force, StoreEnd.Look from, StoreEnd.Look to, String why) {
        assertThatThrownBy(() -> MigrationPlan.of(wish(force), from, to))
                .isInstanceOf(RefusedMigrationException.class)
                .hasMessageContaining(why);
    }

    private static MigrationPlan.Step plan(boolean force, StoreEnd.Look from, StoreEnd.Look to) throws Exception {
        return MigrationPlan.of(wish(force), from, to);
    }

    @Test
    void theEpochIsAboveAllThatIsKnownAndTheClockOnlyProposes() throws Exception {
        assertThat(plan(false, FROM, EMPTY)).isEqualTo(new MigrationPlan.Step.Move(1_000, false));
        StoreEnd.Look ahead = look("a", "seoul", 5_000, null, 3);
        assertThat(plan(false, ahead, EMPTY)).isEqualTo(new MigrationPlan.Step.Move(5_001, false));
        StoreEnd.Look back = look("b", "seoul", 5_000, left("a", 6_000), 3);
        assertThat(plan(false, FROM, back)).isEqualTo(new MigrationPlan.Step.Move(6_001, false));
    }

    @Test
    void anInterruptedRunKeepsItsEpochOnceTheSourceIsLeft() throws Exception {
        StoreEnd.Look half = look("b", "seoul", 2_000, coming("a", 2_000), 1);
        StoreEnd.Look gone = look("a", "seoul", 7, left("b", 2_000), 3);
        assertThat(plan(false, gone, half)).isEqualTo(new MigrationPlan.Step.Move(2_000, true));
        assertThat(plan(false, FROM, half)).isEqualTo(new MigrationPlan.Step.Move(2_001, true));
    }

    @Test
    void whatWasMovedIsNotMovedAgain() throws Exception {
        StoreEnd.Look gone = look("a", "seoul", 7, left("b", 2_000), 3);
        assertThat(plan(false, gone, look("b", "seoul", 2_000, null, 3)))
                .isEqualTo(new MigrationPlan.Step.Nothing(NOW));
        assertRefused(false, gone, EMPTY, "nothing is any more");
        assertThat(plan(true, gone, EMPTY)).isEqualTo(new MigrationPlan.Step.Move(2_001, false));
        assertRefused(true, gone, look("c", "", 0, null, 0), "were moved to store b");
        assertRefused(true, look("a", "seoul", 7, coming("x", 9), 3), EMPTY, "have not wholly come");
    }

    @Test
    void onlyWhatWasLeftForTheSourceIsReplacedWithoutForce() throws Exception {
        StoreEnd.Look elsewhere = look("b", "seoul", 9, left("c", 10), 3);
        assertRefused(false, FROM, elsewhere, "--force replaces");
        assertThat(plan(true, FROM, elsewhere)).isInstanceOf(MigrationPlan.Step.Move.class);
        StoreEnd.Look half = look("b", "seoul", 9, coming("c", 10), 3);
        assertRefused(false, FROM, half, "--force replaces");
        assertRefused(true, FROM, look("b", "seoul", 9, null, 3), "is not empty: it keeps 3");
        assertRefused(true, FROM, look("b", "busan", 9, left("a", 10), 0), "belongs to site busan");
        assertThat(plan(false, FROM, look("b", "seoul", 9, null, 0))).isInstanceOf(MigrationPlan.Step.Move.class);
    }

    @Test
    void nobodyMayWorkWithEither() {
        StoreEnd.Look busy = look("a", List.of("gateway seoul/2"), Set.of(), List.of());
        assertRefused(true, busy, EMPTY, "gateway seoul/2 works with store a");
        assertRefused(true, FROM, look("b", List.of("gateway seoul/2"), Set.of(), List.of()), "works with store b");
    }

    @Test
    void keysThatAreNotKnownAreLeftBehindOnlyByForce() throws Exception {
        StoreEnd.Look strange = look("a", List.of(), Set.of(), List.of("/culvert/x/y"));
        assertRefused(false, strange, EMPTY, "/culvert/x/y");
        assertThat(plan(true, strange, EMPTY)).isInstanceOf(MigrationPlan.Step.Move.class);
        assertRefused(
                true,
                FROM,
                look("b", List.of(), Set.of(), List.of("/culvert/x/y")),
                "is not empty: it has /culvert/x/y");
    }

    @Test
    void aStoreOfOneGatewayTakesNoSiteOfSeveral() {
        StoreEnd.Look file = look("file", List.of(), Set.of(), List.of());
        assertRefused(true, look("a", List.of(), Set.of(4), List.of()), file, "seoul/4");
        assertThatThrownBy(() -> MigrationPlan.of(wish(true, 2), FROM, file)).hasMessageContaining("seoul/2");
    }
}
