package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The entry at hand, whose name is no UTF-8 and holds what would move a terminal's cursor, while the line is slow. */
final class CurrentEntryIT {

    /** In a directory of 100 letters. */
    private static final String NAME = "d".repeat(100) + "/caf\\xe9\\x1b[2J\\x0anew";

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    @BeforeAll
    static void start() throws Exception {
        Path data = Files.createDirectories(SITES.directory().resolve("data").resolve("d".repeat(100)));
        Shell.run(data, "head -c 40000000 /dev/urandom > \"$(printf 'caf\\351\\033[2J\\nnew')\"");
        SITES.near().settings("""
                peers:
                  far: {bandwidth: [{limit: 32Mbit/s}]}
                datasets:
                  data: {kind: tree, path: "%s", replicateTo: [{peer: far, pool: main}]}
                """.formatted(data.getParent()));
        SITES.far().settings("grants:\n  near: {write: [main]}\n");
        SITES.startAndEnrol();
    }

    @Test
    void isShownEscapedByJobShowAndCutByTheBarAndGoneAtTheEnd() throws Exception {
        Path typed = SITES.directory().resolve("typescript");
        Process terminal = SITES.near().beginAtTerminal(132, typed, "replicate", "data", "--wait");
        Site near = SITES.near();
        Await.until(
                "the bar shows the name",
                Site.PATIENCE,
                () -> Files.exists(typed)
                        && Files.readString(typed, StandardCharsets.UTF_8).contains("\\x0anew"));
        JobView job = near.client().jobs().getFirst();
        assertThat(job.progress().current()).contains(NAME);
        assertThat(near.run("job", "show", job.id()).succeeded().text()).containsPattern("at +\\Q" + NAME + "\\E\n");

        assertThat(terminal.waitFor(Site.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(terminal.exitValue()).isZero();
        String[] frames = Files.readString(typed, StandardCharsets.UTF_8).split("[\r\n]");
        assertThat(frames).anyMatch(frame -> frame.matches("data .*sending …d*/caf.*\\\\x0anew *"));
        assertThat(frames)
                .filteredOn(frame -> frame.startsWith("data "))
                .allSatisfy(frame -> assertThat(frame.length()).isLessThan(132));
        assertThat(String.join("", frames)).doesNotContain("\033[2J", "\uFFFD");
        assertThat(near.job(job.id()).orElseThrow().progress().current()).isEmpty();
        near.run("job", "show", job.id()).succeeded();
    }
}
