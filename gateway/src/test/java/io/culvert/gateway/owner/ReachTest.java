package io.culvert.gateway.owner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ReachTest {

    private static Set<String> names(int from, int to) {
        return IntStream.range(from, to).mapToObj("set%05d"::formatted).collect(Collectors.toSet());
    }

    @Test
    void whoSeesAllShowsItsPoolsOnly() {
        Reach reach = Reach.of(Set.of("+pool/b", "+pool/a"), names(0, 10_000), Set.of());
        assertThat(reach.shown()).containsExactly("+pool/a", "+pool/b");
        assertThat(reach.source("set00001")).isTrue();
        assertThat(reach.pool("+pool/a")).isTrue();
        assertThat(reach.pool("+pool/c")).isFalse();
    }

    @Test
    void whatFewerAreOfIsShown() {
        assertThat(Reach.of(Set.of(), Set.of("a", "b", "c"), Set.of("x")).shown())
                .containsExactly("-dataset/x");
        assertThat(Reach.of(Set.of(), Set.of("a"), Set.of("x", "y")).shown()).containsExactly("-dataset", "+dataset/a");
    }

    @Test
    void whatIsShownIsRead() {
        for (Reach reach : List.of(
                Reach.of(Set.of("+pool/a"), Set.of("a", "b", "c"), Set.of("x")),
                Reach.of(Set.of(), Set.of("a"), Set.of("x", "y")),
                Reach.of(Set.of(), Set.of(), Set.of("x")),
                Reach.of(Set.of(), Set.of(), Set.of()))) {
            assertThat(Reach.parse(reach.shown())).isEqualTo(reach);
        }
        assertThat(Reach.of(Set.of(), Set.of("a"), Set.of("x", "y")).source("a"))
                .isTrue();
        assertThat(Reach.of(Set.of(), Set.of("a"), Set.of("x", "y")).source("y"))
                .isFalse();
        assertThat(Reach.of(Set.of(), Set.of("a", "b"), Set.of("x")).source("x"))
                .isFalse();
    }

    @Test
    void ofMoreThanCanBeShownTheRestCountsAsNotSeen() {
        Reach reach = Reach.of(Set.of("+pool/a"), names(0, 600), names(600, 1_000));
        assertThat(reach.shown()).hasSizeLessThan(210).contains("+pool/a");
        assertThat(reach.source("set00000")).isTrue();
        assertThat(reach.source("set00599")).isFalse();
        assertThat(reach.source("set00999")).isFalse();
    }
}
