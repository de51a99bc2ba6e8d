package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.admin.ViewJson;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.Signals;
import io.culvert.gateway.testing.Site;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./culvert demo} as interface.md has it, by the launcher, from a copy of this checkout's build. */
final class DemoIT {
    private static final Pattern FOLDER = Pattern.compile("(?m)^demo: copying .* to (/\\S+)$");

    private static Path checkout;

    @BeforeAll
    static void copyTheBuild() throws Exception {
        checkout = Files.createTempDirectory("culvert-demo-it-");
        Path build = Path.of("target").toAbsolutePath();
        Shell.run(checkout, """
                mkdir -p gateway/target data/deep
                cp -a '%s/gateway.jar' '%s/lib' gateway/target/
                cp -a '%s' culvert
                touch gateway/target/launcher.ready
                for i in $(seq 200); do seq $i 3000 >data/deep/$i; done
                head -c 8000000 /dev/urandom >data/large
                chmod -R go+rX .
                """.formatted(build, build, Path.of("..", "culvert").toAbsolutePath()));
    }

    @AfterAll
    static void remove() throws Exception {
        Shell.run(Path.of("/"), "rm -rf '" + checkout + "'");
    }

    /** As cron starts it. */
    @Test
    void theLauncherNeedsNoLocaleForKoreanNames() throws Exception {
        Files.writeString(checkout.resolve("site.yaml"), """
                site: seoul
                stateDir: /var/lib/자료
                listen: 127.0.0.1:8443
                checkpoints: {embedded: true}
                """);
        ProcessBuilder check = new ProcessBuilder("./culvert", "config", "check", "site.yaml")
                .directory(checkout.toFile())
                .redirectErrorStream(true);
        check.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.startsWith("LANG"));
        Process checking = check.start();
        String said = new String(checking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(checking.waitFor()).as(said).isZero();
    }

    /** A demo that runs, in a process group of its own as a terminal would have it. */
    private record Running(Process process, Path out, Path err) {
        String said() throws IOException {
            return Files.readString(err);
        }

        String printed() throws IOException {
            return Files.readString(out);
        }

        int exitCode() throws Exception {
            if (!process.waitFor(Site.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroy();
                throw new AssertionError("the demo did not end: " + said());
            }
            return process.exitValue();
        }

        Path folder() throws IOException {
            Matcher found = FOLDER.matcher(said());
            assertThat(found.find()).as(said()).isTrue();
            return Path.of(found.group(1));
        }
    }

    private static Running demo(List<String> wrapper, String... arguments) throws IOException {
        Path out = Files.createTempFile(checkout, "out", "");
        Path err = Files.createTempFile(checkout, "err", "");
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(wrapper);
        command.addAll(List.of(checkout.resolve("culvert").toString(), "demo"));
        command.addAll(List.of("--data", checkout.resolve("data").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(checkout.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return new Running(builder.start(), out, err);
    }

    @Test
    void printsOneTableAndLeavesNothing() throws Exception {
        Running demo = demo(List.of());

        assertThat(demo.exitCode()).as(demo.said()).isZero();
        assertThat(demo.printed().lines()).hasSize(4).satisfies(lines -> {
            assertThat(lines.get(0)).contains("ROUND", "SOURCE BYTES", "WIRE BYTES", "DEDUP", "MB/s");
            assertThat(lines.get(1)).startsWith("1 ").doesNotContain("-", "NaN", "Infinity");
            assertThat(lines.get(2)).startsWith("2 ").doesNotContain("-", "NaN", "Infinity");
            assertThat(lines.get(3)).startsWith("identical: ");
        });
        assertQuietAndGone(demo);
    }

    @Test
    void printsJsonAndNothingElseAlsoForAnOrdinaryUser() throws Exception {
        assumeTrue(Shell.isRoot(), "skipped: only root can become another user");
        Path home = Files.createDirectory(checkout.resolve("home-of-nobody"));
        Shell.run(checkout, "chown 65534:65534 '" + home + "'");
        Running demo = demo(
                List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", "HOME=" + home),
                "--output",
                "json");

        assertThat(demo.exitCode()).as(demo.said()).isZero();
        JsonNode json = ViewJson.MAPPER.readTree(demo.printed());
        assertThat(json.fieldNames()).toIterable().containsExactly("rounds", "identical", "checkpoints");
        assertThat(json.path("identical").asBoolean()).isTrue();
        assertThat(json.path("checkpoints").asText()).isIn("etcd", "embedded");
        assertThat(json.path("rounds")).hasSize(2).allSatisfy(round -> {
            assertThat(round.fieldNames())
                    .toIterable()
                    .containsExactly(
                            "sourceBytes",
                            "chunks",
                            "newChunks",
                            "wireBytes",
                            "dedupRatio",
                            "compressionRatio",
                            "seconds");
            assertThat(round)
                    .allSatisfy(value -> assertThat(value.doubleValue()).isPositive());
        });
        JsonNode first = json.path("rounds").path(0);
        JsonNode second = json.path("rounds").path(1);
        assertThat(first.path("sourceBytes").longValue()).isGreaterThan(8_000_000);
        assertThat(first.path("wireBytes").longValue()).isGreaterThan(8_000_000);
        assertThat(second.path("newChunks").longValue())
                .isLessThan(first.path("newChunks").longValue());
        assertThat(second.path("wireBytes").longValue())
                .isLessThan(first.path("wireBytes").longValue());
        assertThat(home).isEmptyDirectory();
        assertQuietAndGone(demo);
    }

    @Test
    void endsEverythingItStartedAtCtrlCWhenBothGatewaysRun() throws Exception {
        endsEverythingItStartedAtCtrlC("demo: two gateways run");
    }

    @Tag("campaign")
    @ParameterizedTest
    @ValueSource(strings = {"demo: copying", "demo: checkpoints", "serving until Ctrl-C"})
    void endsEverythingItStartedAtCtrlC(String moment) throws Exception {
        Running demo = demo(List.of(), "--stay");
        Await.until(moment, Site.PATIENCE, () -> {
            assertThat(demo.process().isAlive()).as(demo.said()).isTrue();
            return demo.said().contains(moment);
        });
        if (moment.startsWith("serving")) {
            assertThat(demo.said())
                    .containsPattern(
                            "sign in at near, once and within five minutes: https://127.0.0.1:\\d+/#code=\\S{43}\\R")
                    .containsPattern(
                            "sign in at far, once and within five minutes: https://127.0.0.1:\\d+/#code=\\S{43}\\R");
        }
        Signals.sendToGroup(demo.process().pid(), "INT");

        assertThat(demo.exitCode()).as(demo.said()).isEqualTo(130);
        assertThat(demo.said().strip().lines().toList().getLast())
                .isEqualTo("culvert: interrupted; both sites are ended and what the demo made is removed");
        assertThat(demo.said().lines().filter(line -> line.startsWith("culvert: ")))
                .as(demo.said())
                .hasSize(1);
        assertQuietAndGone(demo);
    }

    /** Nothing like a stack trace, no directory, no process that knows of it. */
    private static void assertQuietAndGone(Running demo) throws Exception {
        assertThat(demo.said()).doesNotContain("Exception", "\tat ", "WARNING");
        Path folder = demo.folder();
        assertThat(folder).doesNotExist();
        assertThat(commandLines().filter(line -> line.contains(folder.toString())))
                .isEmpty();
    }

    private static Stream<String> commandLines() throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(p -> p.getFileName().toString().matches("\\d+"))
                    .flatMap(DemoIT::commandLine)
                    .toList()
                    .stream();
        }
    }

    private static Stream<String> commandLine(Path process) {
        try {
            return Stream.of(Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Stream.empty(); // it ended meanwhile
        }
    }
}
