package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.gateway.testing.DebianPackage;
import io.culvert.gateway.testing.Waiting;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The console's types, which the build drops unread, checked by TypeScript. That and Lit's declarations come from npm, once, into
 * {@code target}; where npm is not there, or reaches nothing, this is skipped.
 */
@Waiting
final class ConsoleTypesIT {
    private static final Path SOURCES = Path.of("console").toAbsolutePath();
    private static final Path WORK = Path.of("target", "console-types").toAbsolutePath();
    private static final int MINUTES = 3;

    @Test
    void theConsolesTypesAgree() throws Exception {
        assumeTrue(isOnPath("npm"), "skipped: npm is not on the PATH, so the console's types are not checked");
        DebianPackage.require("nodejs", "node");
        Files.createDirectories(WORK);
        for (String file : List.of("package.json", "tsconfig.json")) {
            Files.copy(SOURCES.resolve(file), WORK.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        Said installed = run(
                "npm",
                "install",
                "--no-package-lock",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--prefer-offline");
        assumeTrue(
                installed.code() == 0, "skipped: npm cannot fetch TypeScript, so the console's types are not checked");
        Path link = WORK.resolve("src");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, SOURCES.resolve("src"));
        Said checked = run(WORK.resolve("node_modules/.bin/tsc").toString(), "-p", ".", "--preserveSymlinks");
        assertThat(checked.code()).as(checked.text()).isZero();
    }

    private static boolean isOnPath(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    private record Said(int code, String text) {}

    private static Said run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(WORK.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            return new Said(-1, text);
        }
        return new Said(process.exitValue(), text);
    }
}
