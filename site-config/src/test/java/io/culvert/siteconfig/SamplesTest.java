package io.culvert.siteconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each sample loads; each invalid one fails with exactly the text in the {@code .expected} file beside it. */
final class SamplesTest {
    private static final int FEWEST_INVALID = 25;

    static List<Path> valid() throws IOException {
        return Samples.in(Samples.DIRECTORY);
    }

    static List<Path> invalid() throws IOException {
        return Samples.in(Samples.INVALID);
    }

    @ParameterizedTest
    @MethodSource("valid")
    void loadsEverySample(Path sample) throws Exception {
        assertThat(SiteConfigLoader.load(sample).site()).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesEveryInvalidSampleAsStatedBesideIt(Path sample) throws Exception {
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> SiteConfigLoader.load(sample));

        assertThat(refused).as("%s must not load", sample).isNotNull();
        List<String> lines = refused.problems().stream()
                .map(problem -> problem.position() + ": " + problem.sentence())
                .toList();
        assertThat(lines).isEqualTo(Files.readAllLines(Samples.expected(sample)));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void namesFileLineAndColumnOfEveryProblem(Path sample) throws Exception {
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> SiteConfigLoader.load(sample));

        assertThat(refused.getMessage().lines()).allMatch(line -> line.matches(sample + ":\\d+:\\d+: .+"));
    }

    @Test
    void hasEnoughInvalidSamplesAndNoExpectationWithoutOne() throws Exception {
        List<Path> samples = invalid();

        assertThat(samples).hasSizeGreaterThanOrEqualTo(FEWEST_INVALID);
        try (var files = Files.list(Samples.INVALID)) {
            assertThat(files.filter(file -> file.toString().endsWith(".expected")))
                    .containsExactlyInAnyOrderElementsOf(
                            samples.stream().map(Samples::expected).toList());
        }
    }
}
