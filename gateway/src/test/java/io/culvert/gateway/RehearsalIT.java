package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher has run once a build ends well, and leaves what a restore of the real thing would leave. */
final class RehearsalIT {

    @TempDir
    private Path directory;

    @Test
    void everyCommandSucceedsAgainstThePretendedGateway() throws Exception {
        Path site = directory.resolve("site");
        assertThat(java("io.culvert.gateway.Main", "init", "--site", "trial", "--dir", site.toString()))
                .isZero();
        assertThat(java("io.culvert.gateway.Rehearsal", site.toString()))
                .as(said())
                .isZero();
        assertThat(site.resolve("tree/f")).hasSize(64 << 10);
    }

    private String said() throws Exception {
        return Files.readString(directory.resolve("said"), StandardCharsets.ISO_8859_1);
    }

    private int java(String main, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(directory.resolve("said").toFile()))
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
