package io.culvert.gateway.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.owner.Placement.Candidate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class PlacementTest {

    private static final Share A = share("a");
    private static final Share B = share("b");
    private static final Share C = share("c");

    private static Share share(String name) {
        return new Share(List.of(Thing.pool(name), Thing.peer(name)), Set.of(name));
    }

    private static Candidate gateway(int number, String... pools) {
        return new Candidate(number, true, false, able(pools));
    }

    private static Reach able(String... pools) {
        Set<String> ids =
                Set.of(pools).stream().map(pool -> Thing.pool(pool).id()).collect(Collectors.toSet());
        return new Reach(ids, false, Set.of());
    }

    @Test
    void whatNobodyOwnsGoesToWhoHasLeast() {
        assertThat(Placement.of(
                        List.of(A, B, C), List.of(gateway(1, "a", "b", "c"), gateway(2, "a", "b", "c")), Map.of()))
                .isEqualTo(Map.of(A, 1, B, 2, C, 1));
    }

    @Test
    void whatIsOwnedStays() {
        assertThat(Placement.of(
                        List.of(A),
                        List.of(gateway(1, "a"), gateway(2, "a")),
                        Map.of(Thing.pool("a").id(), 2)))
                .isEqualTo(Map.of(A, 2));
    }

    @Test
    void aGatewayThatIsAddedTakesLoad() {
        Map<String, Integer> owned = Map.of(
                Thing.pool("a").id(),
                1,
                Thing.pool("b").id(),
                1,
                Thing.pool("c").id(),
                1,
                Thing.peer("a").id(),
                1,
                Thing.peer("b").id(),
                1,
                Thing.peer("c").id(),
                1);
        assertThat(Placement.of(List.of(A, B, C), List.of(gateway(1, "a", "b", "c"), gateway(2, "a", "b", "c")), owned))
                .isEqualTo(Map.of(A, 2, B, 1, C, 1));
    }

    @Test
    void oneShareDoesNotWanderBetweenTwo() {
        assertThat(Placement.of(
                        List.of(A),
                        List.of(gateway(1, "a"), gateway(2, "a")),
                        Map.of(Thing.pool("a").id(), 1)))
                .isEqualTo(Map.of(A, 1));
    }

    @Test
    void aPoolOnADiskThatOnlyOneHostSeesIsThatHosts() {
        assertThat(Placement.of(
                        List.of(A, B),
                        List.of(gateway(1, "a", "b"), gateway(2)),
                        Map.of(Thing.peer("a").id(), 2)))
                .isEqualTo(Map.of(A, 1, B, 1));
    }

    @Test
    void whoSeesTheSourceIsPreferred() {
        Candidate sees =
                new Candidate(2, true, false, new Reach(Set.of(Thing.pool("a").id()), false, Set.of("a")));
        assertThat(Placement.of(List.of(A), List.of(gateway(1, "a"), sees), Map.of()))
                .isEqualTo(Map.of(A, 2));
    }

    @Test
    void whoDrainsGivesAwayWhatOthersCanHave() {
        Candidate drains = new Candidate(1, true, true, able("a", "b"));
        Map<String, Integer> owned =
                Map.of(Thing.pool("a").id(), 1, Thing.pool("b").id(), 1);
        assertThat(Placement.of(List.of(A, B), List.of(drains, gateway(2, "a")), owned))
                .as("b is on a disk that only the draining one sees")
                .isEqualTo(Map.of(A, 2, B, 1));
    }

    @Test
    void whoIsDownHasNothing() {
        Candidate down = new Candidate(1, false, false, able("a"));
        assertThat(Placement.of(
                        List.of(A),
                        List.of(down, gateway(2, "a")),
                        Map.of(Thing.pool("a").id(), 1)))
                .isEqualTo(Map.of(A, 2));
        assertThat(Placement.of(List.of(A), List.of(down), Map.of())).isEmpty();
    }

    @Test
    void aPoolMovesForBalanceRatherThanAStreamThatConnectionsAreRelayedIn() {
        Share pool = new Share(List.of(Thing.pool("z")), Set.of());
        Share stream = new Share(List.of(Thing.peer("busan")), Set.of());
        Share relayed = new Share(List.of(Thing.peer("jeju"), Thing.appliance("dd")), Set.of());
        Map<String, Integer> owned = Map.of(
                Thing.pool("z").id(),
                1,
                Thing.peer("busan").id(),
                1,
                Thing.peer("jeju").id(),
                1,
                Thing.appliance("dd").id(),
                1);
        assertThat(Placement.of(List.of(relayed, stream, pool), List.of(gateway(1, "z"), gateway(2, "z")), owned))
                .isEqualTo(Map.of(relayed, 1, stream, 1, pool, 2));
    }

    @Test
    void nothingMovesForBalanceAsLongAsSomethingIsNobodys() {
        Share lost = new Share(List.of(Thing.pool("lost")), Set.of());
        Share stream = new Share(List.of(Thing.peer("busan")), Set.of());
        Share other = new Share(List.of(Thing.peer("jeju")), Set.of());
        Map<String, Integer> owned =
                Map.of(Thing.peer("busan").id(), 1, Thing.peer("jeju").id(), 1);
        assertThat(Placement.of(List.of(stream, other, lost), List.of(gateway(1), gateway(2)), owned))
                .containsEntry(stream, 1)
                .containsEntry(other, 1);
        assertThat(Placement.of(List.of(stream, other), List.of(gateway(1), gateway(2)), owned))
                .as("when all is owned")
                .containsValue(2);
    }
}
