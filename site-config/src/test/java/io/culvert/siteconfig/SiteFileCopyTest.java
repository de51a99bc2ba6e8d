package io.culvert.siteconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SiteFileCopyTest {
    private static final Path NEW = Path.of("/data/new \"state\"");
    private static final HostPort ADVERTISE = new HostPort("gw2.seoul.example", 9443);

    @Test
    void onlyWhatMustDifferIsReplacedAndCommentsAreKept() throws ConfigException {
        String placed = placed("""
                # 서울 😀
                site: seoul
                stateDir: /var/lib/culvert           # keys
                listen: 0.0.0.0:8443
                advertise: "gw1.seoul.example:8443"  # 한국 😀
                pools:
                  main: {path: /var/lib/culvert/pool, quota: 1TiB}
                  other: {path: /srv/culvert}        # elsewhere
                datasets:
                  data: {kind: tree, path: /var/lib/culvert-data, replicateTo: [{peer: busan, pool: main}]}
                """);

        assertThat(placed).isEqualTo("""
                # 서울 😀
                site: seoul
                stateDir: "/data/new \\"state\\""           # keys
                listen: 0.0.0.0:8443
                advertise: "gw2.seoul.example:9443"  # 한국 😀
                pools:
                  main: {path: "/data/new \\"state\\"/pool", quota: 1TiB}
                  other: {path: /srv/culvert}        # elsewhere
                datasets:
                  data: {kind: tree, path: /var/lib/culvert-data, replicateTo: [{peer: busan, pool: main}]}
                """);
        requireRight(placed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "site: seoul",
                "site: seoul\n",
                "# first\n\nsite: seoul\r\nlisten: 0.0.0.0:8443\r\n",
                "  site: seoul\n  listen: 0.0.0.0:8443\n",
                "{site: seoul, listen: \"0.0.0.0:8443\"}",
                "---\nsite: seoul\n...\n",
                "\uFEFFsite: seoul\nstateDir: /x\n",
                "site: seoul\nstateDir: &s /x\npools: {main: {path: /x/pool}, far: {path: /xy}}\n",
                "pools: {main: {path: \"/var/lib/culvert/pool\"}}\nsite: seoul\nadvertise: 'a:1'\n",
            })
    void whateverTheFileLooksLikeItSaysTheNewPlace(String text) throws ConfigException {
        requireRight(placed(text));
    }

    @Test
    void theTemplateOfANewSiteCanBePlaced() throws ConfigException {
        String placed = placed(SiteConfigTemplate.render(new SiteName("seoul"), Path.of("/var/lib/culvert")));

        requireRight(placed);
        assertThat(placed).contains("# Console, API and metrics, over TLS.");
    }

    @Test
    void aFileWithProblemsIsRefused() {
        assertThatThrownBy(() -> placed("site: Seoul\n")).isInstanceOf(ConfigException.class);
    }

    private static String placed(String text) throws ConfigException {
        return new String(
                SiteFileCopy.read(text.getBytes(StandardCharsets.UTF_8)).placed(NEW, ADVERTISE),
                StandardCharsets.UTF_8);
    }

    private static void requireRight(String placed) throws ConfigException {
        SiteConfig config = SiteConfigLoader.parse(Path.of("placed.yaml"), placed.getBytes(StandardCharsets.UTF_8));
        assertThat(config.site()).hasToString("seoul");
        assertThat(config.stateDir()).isEqualTo(NEW);
        assertThat(config.advertise()).contains(ADVERTISE);
        PoolConfig main = config.pools().get("main");
        if (main != null) {
            assertThat(main.path()).isEqualTo(NEW.resolve("pool"));
        }
    }
}
