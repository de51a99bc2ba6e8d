package io.culvert.siteconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The schema and the loader agree: the schema takes whatever loads, and refuses what fails unless the first line of
 * the sample says that a schema cannot see it.
 */
final class SiteSchemaTest {
    private static final SiteSchema SCHEMA = new SiteSchema();

    static List<Path> valid() throws IOException {
        return Samples.in(Samples.DIRECTORY);
    }

    static List<Path> invalid() throws IOException {
        return Samples.in(Samples.INVALID);
    }

    @ParameterizedTest
    @MethodSource("valid")
    void takesEverySample(Path sample) throws Exception {
        assertThat(SCHEMA.refusals(Files.readString(sample))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesWhatASchemaCanSee(Path sample) throws Exception {
        String text = Files.readString(sample);
        String says = text.lines().findFirst().orElse("");
        switch (says) {
            case "# schema: refuses" -> assertThat(SCHEMA.refusals(text)).isNotEmpty();
            case "# schema: cannot see this" ->
                assertThat(SCHEMA.refusals(text)).isEmpty();
            case "# not YAML" ->
                assertThat(Samples.problems(text))
                        .as("the reader alone refuses it")
                        .hasSize(1);
            default -> throw new AssertionError(sample + " does not say what the schema makes of it: " + says);
        }
    }

    @Test
    void takesTheTemplate() throws Exception {
        assertThat(SCHEMA.refusals(SiteConfigTemplate.render(new SiteName("seoul"), Path.of("/tmp/seoul"))))
                .isEmpty();
    }
}
