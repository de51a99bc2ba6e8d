package io.culvert.siteconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the gateway relies on in {@code systemd/}, on any machine. */
final class SystemdFilesTest {
    private static final Path SYSTEMD = Path.of("..", "systemd");

    @Test
    void givesTheJvmWhatItNeedsAndNoMore() throws Exception {
        List<String> unit = settings("culvert.service");

        assertThat(unit)
                .contains(
                        "Type=notify",
                        "NotifyAccess=main",
                        "User=culvert",
                        "StateDirectory=culvert",
                        "WatchdogSignal=SIGQUIT",
                        "CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_DAC_READ_SEARCH",
                        "AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_DAC_READ_SEARCH",
                        "NoNewPrivileges=yes",
                        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX");
        assertThat(unit).noneMatch(line -> line.startsWith("MemoryDenyWriteExecute"));
        assertThat(unit).noneMatch(line -> line.startsWith("DynamicUser"));
    }

    @Test
    void checksTheFileBeforeItReloadsAndWaitsUntilTheGatewaySaysThatItDoes() throws Exception {
        assertThat(settings("culvert.service"))
                .containsSubsequence(
                        "ExecReload=/usr/bin/culvert config check /etc/culvert/site.yaml",
                        "ExecReload=/bin/kill -HUP $MAINPID",
                        "ExecReload=/bin/sleep 0.5");
    }

    @Test
    void doesNotStartAgainWithAWrongConfiguration() throws Exception {
        assertThat(settings("culvert.service")).contains("Restart=on-failure", "RestartPreventExitStatus=2");
    }

    @Test
    void usesTheDefaultStateDirectoryOfTheSiteFile() throws Exception {
        assertThat(SiteConfig.DEFAULT_STATE_DIR).isEqualTo(Path.of("/var/lib/culvert"));
        assertThat(settings("culvert.sysusers")).singleElement().asString().contains(" /var/lib/culvert ");
    }

    @Test
    void letsBuffersGrowToSixtyFourMebibytes() throws Exception {
        assertThat(settings("60-culvert.conf"))
                .contains("net.core.rmem_max = 67108864", "net.core.wmem_max = 67108864")
                .contains("net.core.default_qdisc = fq")
                .anyMatch(line -> line.matches("net\\.ipv4\\.tcp_rmem = \\d+ \\d+ 67108864"))
                .anyMatch(line -> line.matches("net\\.ipv4\\.tcp_wmem = \\d+ \\d+ 67108864"))
                .allMatch(line -> line.matches("[a-z0-9_.]+ = [a-z0-9 ]+"));
    }

    private static List<String> settings(String file) throws IOException {
        return Files.readAllLines(SYSTEMD.resolve(file)).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }
}
