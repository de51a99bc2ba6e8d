package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.StreamView;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.DebianPackage;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TreeListing;
import io.culvert.gateway.testing.TwoSites;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A gateway whose clock is fast or slow (libfaketime), and certificates that are expired or not yet valid by it: both sides say
 * the same reason and, within a day, to check the clocks; once the clock is right all goes on.
 */
final class BadClockIT {

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static Path data;
    private static String library = "";

    @BeforeAll
    static void start() throws Exception {
        DebianPackage.require("faketime", "faketime");
        library = new String(Shell.run(Path.of("/"), "ls /usr/lib/*/faketime/libfaketime.so.1"), StandardCharsets.UTF_8)
                .strip();
        data = Files.createDirectories(SITES.directory().resolve("data"));
        Shell.run(data, "seq 20000 > numbers");
        SITES.near()
                .settings("datasets:\n  data: {kind: tree, path: \"%s\", replicateTo: [{peer: far, pool: main}]}\n"
                        .formatted(data));
        SITES.far().settings("grants:\n  near: {write: [main]}\n");
        SITES.startAndEnrol();
    }

    /** Without libfaketime's "fix" of the monotonic clock, for which a timed wait of the JVM ends at once, and so spins. */
    private static void startFarAt(String offset) throws Exception {
        SITES.far().stop();
        SITES.far()
                .startThrough(
                        "env",
                        "LD_PRELOAD=" + library,
                        "FAKETIME=" + offset,
                        "FAKETIME_DONT_FAKE_MONOTONIC=1",
                        "FAKETIME_FORCE_MONOTONIC_FIX=0",
                        "NO_FAKE_STAT=1");
        SITES.far().start();
    }

    @Test
    void aClockThatIsWrongIsRefusedByNameAtBothSidesAndWithTheRightOneAllGoesOn() throws Exception {
        assertRefused("+1h", "not yet valid");
        assertRefused("+30h", "expired");
        // Far, which dials, is the one that refuses now: near hears of it where far's site file says that near is, as
        // the
        // line, where far enrolled, leads nowhere.
        SITES.line().blackHole(true);
        SITES.far()
                .settings("peers:\n  near: {endpoint: \"127.0.0.1:%d\"}\ngrants:\n  near: {write: [main]}\n"
                        .formatted(SITES.near().port()));
        assertRefused("-1h", "not yet valid");

        SITES.line().blackHole(false);
        SITES.far().settings("grants:\n  near: {write: [main]}\n");
        SITES.far().stop();
        SITES.far().startThrough();
        SITES.far().start();
        SITES.awaitStream();
        assertThat(reason(SITES.near(), "far") + reason(SITES.far(), "near")).isEmpty();
        String snapshot = SITES.near().replicate("data").snapshot().orElseThrow();
        Path restored = SITES.directory().resolve("restored");
        SITES.far().run("restore", snapshot, "--to", restored.toString()).succeeded();
        TreeListing.assertSame(data, restored);
    }

    private static void assertRefused(String offset, String reason) throws Exception {
        startFarAt(offset);
        for (Site site : new Site[] {SITES.near(), SITES.far()}) {
            String peer = site == SITES.near() ? "far" : "near";
            Await.until(
                    site.name() + " says " + reason + " at " + offset,
                    Duration.ofSeconds(30),
                    () -> reason(site, peer).contains(reason));
            assertThat(reason(site, peer)).contains("clock", "ntp");
            assertThat(site.stream(peer).orElseThrow().state()).isNotEqualTo(StreamView.State.UP);
        }
        SITES.near().run("replicate", "data", "--wait").failed(4, "peer far is down since", "clock", "NTP");
        SITES.far().run("snapshot", "list", "--peer", "near").failed(4, "peer near is");
    }

    private static String reason(Site site, String peer) {
        return site.stream(peer)
                .map(StreamView::reason)
                .orElse("")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[-_]", " ");
    }
}
