package io.culvert.gateway.cli.demo;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.StreamView;
import io.culvert.gateway.admin.client.GatewayClient;
import io.culvert.gateway.cli.CommandRun;
import io.culvert.gateway.cli.LocalWork;
import io.culvert.gateway.cli.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One site of the demo: a directory, a gateway as a child process, and the commands that its operator would type. */
final class DemoSite implements Demo.Console {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final List<String> GATEWAY_FLAGS = List.of(
            "-Xlog:disable",
            "-Xlog:all=error:stderr",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "--add-modules=jdk.incubator.vector",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:MaxDirectMemorySize=128m",
            "-XX:Tier4InvocationThreshold=20000",
            "-XX:Tier4MinInvocationThreshold=3000",
            "-XX:Tier4CompileThreshold=45000",
            "-XX:+ExitOnOutOfMemoryError");

    private final String name;
    private final Path directory;
    private final int port;
    private final int adminPort;
    private final LocalWork work;

    DemoSite(String name, Path directory, int port, int adminPort, LocalWork work) {
        this.name = name;
        this.directory = directory;
        this.port = port;
        this.adminPort = adminPort;
        this.work = work;
    }

    @Override
    public String site() {
        return name;
    }

    Path directory() {
        return directory;
    }

    @Override
    public String address() {
        return "https://127.0.0.1:" + adminPort + "/";
    }

    @Override
    public String link() throws OperationException {
        return client().consoleLink().url();
    }

    GatewayClient client() {
        return new GatewayClient(directory.resolve("admin.sock"));
    }

    /** Real {@code init}, then the site file of the demo in place of the one with the usual ports. */
    void init(String checkpoints, String more) throws OperationException, IOException {
        run("init", "--site", name, "--dir", directory.toString());
        String head = """
                site: %s
                stateDir: "%s"
                listen: 127.0.0.1:%d
                advertise: 127.0.0.1:%d
                admin: {listen: "127.0.0.1:%d"}
                checkpoints: %s
                pools:
                  main: {path: "%s"}
                """.formatted(name, directory, port, port, adminPort, checkpoints, directory.resolve("pool"));
        Files.writeString(siteFile(), head + more);
    }

    /** Starts the gateway and waits until it can work. */
    void start(Cleanup cleanup) throws OperationException, IOException, InterruptedException {
        Child child = Child.java(
                "gateway",
                GATEWAY_FLAGS,
                List.of("gateway", "--config", siteFile().toString()),
                directory);
        cleanup.add(child::close);
        long startNanos = System.nanoTime();
        while (!client().readiness().ready()) {
            if (!child.isAlive() || System.nanoTime() - startNanos > START_LIMIT.toNanos()) {
                throw new OperationException(
                        FailureCategory.FAILED, "the gateway of " + name + " did not start: " + child.lastWords());
            }
            Thread.sleep(PAUSE);
        }
    }

    /** Runs a command as a user would and returns its standard output. */
    String run(String... arguments) throws OperationException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                Map.of("CULVERT_CONFIG", siteFile().toString()));
        int code = CommandRun.run(terminal, work, arguments);
        if (code != 0) {
            String[] lines = err.toString(StandardCharsets.UTF_8).strip().split("\\R");
            throw new OperationException(
                    Stream.of(FailureCategory.values())
                            .filter(category -> category.exitCode() == code)
                            .findFirst()
                            .orElse(FailureCategory.FAILED),
                    "at " + name + ", \"culvert " + arguments[0] + "\" failed: " + lines[lines.length - 1]);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Waits until the stream to the peer is up. */
    void awaitStream(String peer) throws OperationException, InterruptedException {
        long startNanos = System.nanoTime();
        while (stream(peer).state() != StreamView.State.UP) {
            if (System.nanoTime() - startNanos > START_LIMIT.toNanos()) {
                throw new OperationException(
                        FailureCategory.UNREACHABLE,
                        "the stream to " + peer + " does not come up: "
                                + stream(peer).reason());
            }
            Thread.sleep(PAUSE);
        }
    }

    /** Every byte of the TCP connections to the peer so far, both directions. */
    long wireBytes(String peer) throws OperationException {
        StreamView stream = stream(peer);
        return stream.sentBytes() + stream.receivedBytes();
    }

    private StreamView stream(String peer) throws OperationException {
        return client().peers().stream()
                .filter(view -> view.name().equals(peer))
                .findFirst()
                .orElseThrow(() -> new OperationException(FailureCategory.FAILED, name + " does not know " + peer))
                .stream();
    }

    @Override
    public Path siteFile() {
        return directory.resolve("site.yaml");
    }
}
