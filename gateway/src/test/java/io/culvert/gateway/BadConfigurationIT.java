package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.CommandResult;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A wrong site file: every problem with its place, exit code 2, and a gateway that runs keeps what it has. */
final class BadConfigurationIT {

    private static final String WRONG = """
            datasets:
              data: {kind: tree, path: relative/path, replicateTo: [{peer: far, pool: main}], retenton: {keepLast: 1}}
            grants:
              Far: {write: [main]}
            """;

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    /** Three problems, each on a line of its own with file:line:column, and nothing else. */
    private static void assertNamesTheProblems(CommandResult result, Path file) {
        assertThat(result.code()).as(result.toString()).isEqualTo(2);
        List<String> lines =
                result.messages().lines().filter(line -> !line.isBlank()).toList();
        assertThat(lines).as(result.toString()).allMatch(line -> line.matches(file + ":[0-9]+:[0-9]+: .+"));
        assertThat(String.join("\n", lines))
                .contains("relative/path", "retenton", "Far")
                .doesNotContain("Exception");
    }

    @Test
    void aGatewayDoesNotStartWithAWrongFileAndEveryCommandSaysWhy() throws Exception {
        Site site = SITES.near();
        site.settings(WRONG);
        assertNamesTheProblems(site.runGateway(), site.siteFile());
        assertNamesTheProblems(site.run("config", "check", site.siteFile().toString()), site.siteFile());
        assertNamesTheProblems(site.run("status"), site.siteFile());
        assertThat(site.directory().resolve("checkpoints")).doesNotExist();
        assertThat(site.pool()).doesNotExist();

        site.settings("");
        site.run("config", "check", site.siteFile().toString()).succeeded();
        Path missing = site.directory().resolve("missing.yaml");
        site.run("config", "check", missing.toString()).failed(2, missing.toString());
        Files.write(missing, new byte[] {'s', 'i', 't', 'e', ':', ' ', (byte) 0xff, (byte) 0xfe});
        site.run("gateway", "--config", missing.toString()).failed(2, missing + ":1:", "UTF-8");
    }

    @Test
    void aRunningGatewayKeepsWhatItHasAndSaysSo() throws Exception {
        Site site = SITES.far();
        Path data = SITES.data();
        String right = """
                datasets:
                  first: {kind: tree, path: "%s", replicateTo: [{peer: near, pool: main}]}
                """.formatted(data);
        site.settings(right);
        site.start();
        site.runGateway().failed(3, "already", "far");

        site.settings(WRONG);
        site.reload();
        awaitLog(site, "the new site file was refused, the running configuration is kept");
        assertThat(site.logText()).contains("retenton", site.siteFile() + ":");
        assertThat(site.client().datasets()).extracting("name").containsExactly("first");

        site.quota("5GiB");
        site.settings(right);
        site.reload();
        awaitLog(site, "pools cannot change while the gateway runs");
        assertThat(site.client().pool("main").quotaBytes()).isEmpty();

        site.quota("");
        site.settings(right.replace("first", "second"));
        site.reload();
        Await.until(
                "the right file is taken over",
                Site.PATIENCE,
                () -> site.client().datasets().getFirst().name().equals("second"));
        site.run("status").succeeded();
    }

    private static void awaitLog(Site site, String sentence) throws Exception {
        Await.until(sentence, Site.PATIENCE, () -> site.logText().contains(sentence));
    }
}
