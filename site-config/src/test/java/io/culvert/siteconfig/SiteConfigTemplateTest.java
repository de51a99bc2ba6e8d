package io.culvert.siteconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SiteConfigTemplateTest {
    private static final SiteName SEOUL = new SiteName("seoul");

    @Test
    void loadsAndSaysOnlyWhatWouldHoldWithoutIt() throws Exception {
        SiteConfig config = Samples.parse(SiteConfigTemplate.render(SEOUL, Path.of("/srv/seoul")));
        SiteConfig shortest = Samples.parse("site: seoul\nstateDir: /srv/seoul\n");

        assertThat(config).isEqualTo(shortest);
    }

    @Test
    void loadsWithEveryExampleUncommented() throws Exception {
        String all = SiteConfigTemplate.render(SEOUL, Path.of("/srv/seoul"))
                .replace("checkpoints: {embedded: true}\n", "")
                .replaceAll("(?m)^#(?! \\S|$)", "");

        SiteConfig config = Samples.parse(all);

        assertThat(config.datasets().keySet()).containsExactly("finance", "vm-7", "pgdump");
        assertThat(config.checkpoints()).isInstanceOf(Checkpoints.Etcd.class);
        assertThat(config.alerts().webhook()).isPresent();
        assertThat(config.appliances()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/srv/with space",
                "/srv/a: b",
                "/srv/#1",
                "/srv/서울",
                "/srv/quo\"te\\s",
                "/srv/'q",
                "/srv/a\tb\nc",
                "/srv/{x}[y]",
                "/srv/- a",
                "/srv/%s",
                "/srv/𝄞",
                "/srv/*",
                "/"
            })
    void keepsAnyDirectory(String directory) throws Exception {
        Path path = Path.of(directory);

        assertThat(Samples.parse(SiteConfigTemplate.render(SEOUL, path)).stateDir())
                .isEqualTo(path);
    }

    @Test
    void makesTheDirectoryAbsolute() throws Exception {
        SiteConfig config = Samples.parse(SiteConfigTemplate.render(SEOUL, Path.of("here/../there")));

        assertThat(config.stateDir()).isEqualTo(Path.of("there").toAbsolutePath());
    }
}
