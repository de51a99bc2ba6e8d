package io.culvert.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.cli.CommandBench.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HelpTest {

    @Test
    void helpIsAsWrittenDown() throws IOException {
        String golden;
        try (InputStream in = Objects.requireNonNull(HelpTest.class.getResourceAsStream("/cli/help.txt"))) {
            golden = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(run("help").out()).isEqualTo(golden);
        assertThat(run("--help").out()).isEqualTo(golden);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gateway",
                "gateway add",
                "init",
                "config check",
                "peer invite",
                "peer join",
                "peer list",
                "peer revoke",
                "dataset list",
                "dataset show",
                "replicate",
                "ingest",
                "job list",
                "job show",
                "job cancel",
                "snapshot list",
                "snapshot show",
                "snapshot diff",
                "snapshot delete",
                "restore",
                "verify",
                "pool list",
                "pool show",
                "pool rename",
                "pool move",
                "service list",
                "probe",
                "rules render",
                "rules formats",
                "rules diff",
                "alert list",
                "alert test",
                "etcd status",
                "etcd backup",
                "etcd restore",
                "etcd compact",
                "etcd defrag",
                "etcd replace-member",
                "etcd migrate",
                "status",
                "console",
                "bench",
                "demo",
                "completion",
                "help"
            })
    void knowsEveryCommandOfThisVersion(String command) {
        assertThat(run(("help " + command).split(" ")).out()).startsWith("Usage: culvert " + command);
        assertThat(run((command + " --help").split(" ")).out()).startsWith("Usage: culvert " + command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pool sweep", "pool scrub", "pool heal"})
    void doesNotPretendToKnowCommandsOfLaterVersions(String command) {
        assertThat(run(command.split(" ")).code()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void printsACompletionScript(String shell) {
        assertThat(run("completion", shell).out())
                .contains("complete -F")
                .contains("snapshot")
                .contains("replace-member")
                .contains("fortigate");
    }

    @Test
    void printsTheVersion() {
        assertThat(run("--version").out()).startsWith("culvert ");
    }

    private static Outcome run(String... arguments) {
        return CommandBench.run(Map.of(), InputStream.nullInputStream(), arguments);
    }
}
