package io.culvert.siteconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What systemd itself says of the files in {@code systemd/}. */
final class SystemdUnitIT {
    private static final Path SYSTEMD = Path.of("..", "systemd");
    private static final String LAUNCHER = "/usr/bin/culvert";

    @TempDir
    private Path directory;

    private record Outcome(int exitCode, String output) {}

    @Test
    void verifiesTheUnit() throws Exception {
        Outcome outcome = run(
                "systemd-analyze", "verify", "--man=no", installed(List.of()).toString());

        assertThat(outcome.output()).isBlank();
        assertThat(outcome.exitCode()).isZero();
    }

    @Test
    void verifiesTheUnitWithEveryDropIn() throws Exception {
        List<Path> dropIns = files(SYSTEMD.resolve("drop-ins"));
        assertThat(dropIns).isNotEmpty();

        Outcome outcome =
                run("systemd-analyze", "verify", "--man=no", installed(dropIns).toString());

        assertThat(outcome.output()).isBlank();
        assertThat(outcome.exitCode()).isZero();
    }

    @Test
    void isExposedByOneAndAHalfAtMost() throws Exception {
        Outcome outcome = run(
                "systemd-analyze",
                "security",
                "--offline=true",
                "--no-pager",
                "--threshold=15",
                installed(List.of()).toString());

        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(outcome.output()).containsPattern("Overall exposure level for culvert.service: [01]\\.\\d");
    }

    @Test
    void makesTheUserOnceAndForAll() throws Exception {
        Outcome outcome = run(
                "systemd-sysusers",
                "--dry-run",
                "--root=" + directory,
                Files.copy(SYSTEMD.resolve("culvert.sysusers"), directory.resolve("culvert.conf"))
                        .toString());

        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("culvert");
    }

    /** Returns a copy of the unit whose program exists on this machine. */
    private Path installed(List<Path> dropIns) throws IOException {
        Path unit = directory.resolve("culvert.service");
        Path launcher = Files.writeString(directory.resolve("culvert"), "#!/bin/sh\n");
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        String text = Files.readString(SYSTEMD.resolve("culvert.service"));
        assertThat(text).contains(LAUNCHER);
        Files.writeString(unit, text.replace(LAUNCHER, launcher.toString()));
        Path dropInDirectory = Files.createDirectory(directory.resolve("culvert.service.d"));
        for (Path dropIn : dropIns) {
            Files.copy(dropIn, dropInDirectory.resolve(dropIn.getFileName()));
        }
        return unit;
    }

    private static Outcome run(String... command) throws IOException, InterruptedException {
        requireProgram(command[0]);
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(Arrays.asList(command))).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("SYSTEMD_COLORS", "0");
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES))
                .as("%s ends", command[0])
                .isTrue();
        return new Outcome(process.exitValue(), output);
    }

    private static void requireProgram(String name) {
        boolean there = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, name)));
        if (!there) {
            String skipped = "skipped: " + name + " is not here (Debian package systemd)";
            System.out.println("SystemdUnitIT " + skipped);
            Assumptions.abort(skipped);
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }
}
