package io.culvert.proto.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** More seeds with {@code -Dculvert.simulation.seeds=N}, one alone with {@code -Dculvert.simulation.seed=S}. */
final class FlowSimulationTest {

    private static final long SEEDS = Long.getLong("culvert.simulation.seeds", 5000);

    private static LongStream seeds() {
        Long one = Long.getLong("culvert.simulation.seed");
        return one == null ? LongStream.range(0, SEEDS) : LongStream.of(one);
    }

    @Test
    void bothSidesGetExactlyWhatTheOtherWroteWhateverIsCut() {
        FlowSimulation.Outcome all = seeds().mapToObj(
                        seed -> new FlowSimulation(seed, FlowSimulation.Mistake.NONE).run())
                .reduce(FlowSimulation.Outcome::plus)
                .orElseThrow();
        if (SEEDS >= 2000 && Long.getLong("culvert.simulation.seed") == null) {
            assertThat(all.cuts()).as("cuts").isGreaterThan(2000);
            assertThat(all.resent()).as("messages sent again").isGreaterThan(2000);
            assertThat(all.urgent()).as("urgent messages").isGreaterThan(2000);
            assertThat(all.resets()).as("resets").isGreaterThan(100);
            assertThat(all.ends()).as("ends").isGreaterThan(2000);
        }
    }

    @Test
    void aSeedRepeatsItself() {
        assertThat(new FlowSimulation(7, FlowSimulation.Mistake.NONE).run())
                .isEqualTo(new FlowSimulation(7, FlowSimulation.Mistake.NONE).run());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aMistakeIsNoticed(FlowSimulation.Mistake mistake) {
        assertThat(LongStream.range(0, 500).filter(seed -> fails(seed, mistake)).findFirst())
                .as("a seed that notices %s", mistake)
                .isPresent();
    }

    private static boolean fails(long seed, FlowSimulation.Mistake mistake) {
        try {
            new FlowSimulation(seed, mistake).run();
            return false;
        } catch (AssertionError e) {
            return true;
        }
    }
}
