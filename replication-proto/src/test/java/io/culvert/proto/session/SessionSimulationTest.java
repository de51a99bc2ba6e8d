package io.culvert.proto.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.proto.session.Invariants.BrokenRuleException;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Both session machines in a world where everything fails. More seeds with {@code -Dculvert.simulation.seeds=N}, one
 * alone with {@code -Dculvert.simulation.seed=S}.
 */
final class SessionSimulationTest {

    private static final long SEEDS = Long.getLong("culvert.simulation.seeds", 5000);

    /** Seeds within which each mistake must have been noticed. */
    private static final long SEEDS_FOR_A_MUTANT = 3000;

    private static final Map<Mutation, Integer> BROKEN_RULE = Map.of(
            Mutation.ACKNOWLEDGES_BEFORE_FORCE, 2,
            Mutation.FORGETS_WHAT_IT_HAS, 2,
            Mutation.HEEDS_NO_WINDOW, 2,
            Mutation.REMOVES_WHAT_OTHERS_NEED, 2,
            Mutation.TRUSTS_TORN_CLOSURE, 3,
            Mutation.PUBLISHES_BEFORE_FORCE, 3,
            Mutation.REMOVES_OTHERS_PUBLICATION, 4,
            Mutation.FORGETS_FENCE_AT_COMMIT, 5);

    private static LongStream seeds() {
        Long one = Long.getLong("culvert.simulation.seed");
        return one == null ? LongStream.range(0, SEEDS) : LongStream.of(one);
    }

    @Test
    void everyRuleHoldsWhateverHappensAndEveryJobIsDone() {
        Simulation.Outcome all = seeds().mapToObj(seed -> new Simulation(seed, Mutation.NONE).run())
                .reduce(Simulation.Outcome::plus)
                .orElseThrow();
        if (SEEDS >= 2000 && Long.getLong("culvert.simulation.seed") == null) {
            assertThat(all.crashes()).as("crashes").isGreaterThan(1000);
            assertThat(all.cuts()).as("cuts").isGreaterThan(1000);
            assertThat(all.takeovers()).as("takeovers").isGreaterThan(1000);
            assertThat(all.fencedOff()).as("sessions refused by their fence").isGreaterThan(300);
            assertThat(all.closuresKnown()).as("leaves known as a whole").isGreaterThan(1000);
        }
    }

    @Test
    void aSeedRepeatsItself() {
        assertThat(new Simulation(42, Mutation.NONE).run()).isEqualTo(new Simulation(42, Mutation.NONE).run());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aMistakeIsNoticedByTheRuleThatForbidsIt(Mutation mutation) {
        Optional<AssertionError> noticed = LongStream.range(0, SEEDS_FOR_A_MUTANT)
                .mapToObj(seed -> failure(seed, mutation))
                .flatMap(Optional::stream)
                .findFirst();
        assertThat(noticed).as("a seed that notices %s", mutation).isPresent();
        assertThat(noticed.orElseThrow())
                .hasMessageMatching("(?s)seed \\d+: rule " + BROKEN_RULE.get(mutation) + ": .*what happened before:.*")
                .cause()
                .isInstanceOfSatisfying(
                        BrokenRuleException.class,
                        broken -> assertThat(broken.rule()).isEqualTo(BROKEN_RULE.get(mutation)));
        assertThatThrownBy(() -> {
                    throw noticed.orElseThrow();
                })
                .hasMessageContaining("begins with fence");
    }

    private static Optional<AssertionError> failure(long seed, Mutation mutation) {
        try {
            new Simulation(seed, mutation).run();
            return Optional.empty();
        } catch (AssertionError e) {
            return Optional.of(e);
        }
    }
}
