package io.culvert.siteconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SiteFileBoundsTest {
    @Test
    void refusesNestingBeyondTheBoundAtOnce() {
        String deep = "site: seoul\npools: " + "[".repeat(500_000);

        assertThat(Samples.problems(deep))
                .containsExactly("2:39: nested deeper than 32 levels; a site file needs fewer than ten");
    }

    @Test
    void refusesABombOfAliases() {
        String bomb = "site: seoul\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
                + IntStream.rangeClosed(1, 9)
                        .mapToObj(i -> "a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(10)))
                        .collect(Collectors.joining());

        assertThat(Samples.problems(bomb))
                .singleElement()
                .asString()
                .startsWith("7:")
                .endsWith("the file holds more than 200000 values here, aliases (`*name`) counted as what they repeat");
    }

    @Test
    void refusesMoreValuesThanTheBound() {
        assertThat(Samples.problems("site: seoul\npools: [" + "a,".repeat(250_000) + "]\n"))
                .singleElement()
                .asString()
                .contains("more than 200000 values");
    }

    @Test
    void listsAThousandProblemsAndCountsTheRest() {
        String wrong = "site: seoul\n"
                + IntStream.range(0, 1_500).mapToObj(i -> "key" + i + ": 1\n").collect(Collectors.joining());

        List<String> problems = Samples.problems(wrong);

        assertThat(problems).hasSize(1_001);
        assertThat(problems.getLast()).isEqualTo("1002:1: 500 more problems from here on; mend those above first.");
    }

    @Test
    void reportsAMistakeThatIsRepeatedByAliasOnce() {
        assertThat(Samples.problems("""
                        site: seoul
                        datasets:
                          a: {kind: tree, path: /data/a, retention: &r {daily: many}}
                          b: {kind: tree, path: /data/b, retention: *r}
                        """))
                .containsExactly("3:56: a whole number from 0 to 10000 is needed; found `many`");
    }

    @Test
    void cutsWhatItQuotes() {
        assertThat(Samples.problems("site: " + "x".repeat(100_000)))
                .containsExactly("1:7: a site name is 1 to 31 of a-z, 0-9 and `-`, and starts with a letter; found `"
                        + "x".repeat(60) + "…`");
    }

    @Test
    void neverShowsThePasswordOfAUrl() {
        assertThat(Samples.problems("""
                        site: seoul
                        checkpoints: {etcd: {endpoints: ["https://root:hunter2@etcd:2379"], ca: /ca.pem}}
                        peers: {busan: {endpoint: "https://root:hunter2@gw.busan.example:8443"}}
                        alerts: {webhook: "ftp://root:hunter2@hooks.example/?token=hunter2"}
                        """)).hasSize(3).noneMatch(problem -> problem.contains("hunter2"));
    }
}
