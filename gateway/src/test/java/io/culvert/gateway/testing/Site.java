package io.culvert.gateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.PeerView;
import io.culvert.gateway.admin.StreamView;
import io.culvert.gateway.admin.client.GatewayClient;
import io.culvert.gateway.cli.CommandRun;
import io.culvert.gateway.cli.LocalWork;
import io.culvert.gateway.cli.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One site of a test: a directory, a real gateway as a child process, and the commands that its operator would type. */
public final class Site implements AutoCloseable {

    /** Long, because the machine may do other things meanwhile; nothing waits so long when all is well. */
    public static final Duration PATIENCE = Duration.ofSeconds(90);

    private final String name;
    private final Path directory;
    private final LocalWork work;
    private final int port;
    private final int adminPort;
    private final List<String> wrapper = new ArrayList<>();
    private String host = "127.0.0.1";
    private String advertised;
    private String checkpoints = "{embedded: true}";
    private String settings = "";
    private String quota = "";
    private @Nullable Process process;

    Site(String name, Path directory, LocalWork work, int port, int adminPort) {
        this.name = name;
        this.directory = directory;
        this.work = work;
        this.port = port;
        this.adminPort = adminPort;
        this.advertised = host + ":" + port;
    }

    public String name() {
        return name;
    }

    public Path directory() {
        return directory;
    }

    public Path pool() {
        return directory.resolve("pool");
    }

    public Path siteFile() {
        return directory.resolve("site.yaml");
    }

    public int port() {
        return port;
    }

    /** Peers shall reach it through this port. */
    void advertise(int linePort) {
        advertised = "127.0.0.1:" + linePort;
    }

    /** It listens at this address, of a network namespace; counts from the next start. */
    public void listenAt(String address) throws IOException {
        host = address;
        advertised = host + ":" + port;
        write();
    }

    /** A command that the gateway is started through, such as {@code setpriv}; counts from the next start. */
    public void startThrough(String... command) {
        wrapper.clear();
        wrapper.addAll(List.of(command));
    }

    /** What stands in the site file besides the usual; counts from the next start or reload. */
    public void settings(String yaml) throws IOException {
        settings = yaml;
        write();
    }

    /** The quota of its pool, none if empty; counts from the next start. */
    public void quota(String size) throws IOException {
        quota = size.isEmpty() ? "" : ", quota: " + size;
        write();
    }

    /** Where it keeps its checkpoints, as the site file says it; counts from the next start. */
    public void checkpoints(String yaml) throws IOException {
        checkpoints = yaml;
        write();
    }

    private void write() throws IOException {
        Files.writeString(siteFile(), """
                site: %s
                stateDir: "%s"
                listen: %s:%d
                advertise: %s
                admin: {listen: "127.0.0.1:%d"}
                checkpoints: %s
                pools:
                  main: {path: "%s"%s}
                %s
                """.formatted(
                        name, directory, host, port, advertised, adminPort, checkpoints, pool(), quota, settings));
    }

    /** Makes the site as {@code culvert init} does, with a site file for this test. */
    void init() throws IOException {
        run("init", "--site", name, "--dir", directory.toString()).succeeded();
        write();
    }

    /** Makes the site file that came from another gateway of the site fit this one's ports, and its pool the same; with more at its end. */
    public void fitSiteFile(Site from, String yaml) throws IOException {
        String came = Files.readString(siteFile());
        String fitting = came.replace("listen: " + host + ":" + from.port, "listen: " + host + ":" + port)
                .replace(host + ":" + from.adminPort, host + ":" + adminPort)
                .replace(pool().toString(), from.pool().toString());
        assertThat(fitting).isNotEqualTo(came);
        Files.writeString(siteFile(), fitting + yaml);
    }

    /** Runs the gateway as a process that is expected to end by itself, and returns how it did. */
    public CommandResult runGateway() throws Exception {
        Path said = directory.resolve("gateway.said");
        Process ending = new ProcessBuilder(command())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        if (!ending.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            ending.destroyForcibly().waitFor();
            throw new AssertionError("the gateway of " + name + " did not end: " + Files.readString(said));
        }
        String messages = Files.readAllLines(said).stream()
                .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
                .collect(Collectors.joining("\n"));
        return new CommandResult("the gateway of " + name, ending.exitValue(), new byte[0], messages);
    }

    /** Runs a command against this site in a process of its own, with this standard output; returns its exit code. */
    public int runApart(Redirect output, String... arguments) throws IOException, InterruptedException {
        List<String> command = CulvertProgram.command();
        command.addAll(List.of("--config", siteFile().toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectOutput(output)
                .redirectError(Redirect.appendTo(log().toFile()))
                .start()
                .waitFor();
    }

    /** Starts a command against this site in a process of its own; standard output goes nowhere. */
    public Process begin(Redirect input, Path messages, String... arguments) throws IOException {
        List<String> command = CulvertProgram.command();
        command.addAll(List.of("--config", siteFile().toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectInput(input)
                .redirectOutput(Redirect.DISCARD)
                .redirectError(messages.toFile())
                .start();
    }

    /** Starts a command at a terminal (script(1)) with that many columns; what the terminal is told goes to a file. */
    public Process beginAtTerminal(int columns, Path typescript, String... arguments) throws IOException {
        List<String> command = CulvertProgram.command();
        command.addAll(List.of("--config", siteFile().toString()));
        command.addAll(List.of(arguments));
        String line = command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        ProcessBuilder script = new ProcessBuilder(
                        "script", "-qefc", "stty cols " + columns + "; exec " + line, typescript.toString())
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.appendTo(log().toFile()));
        script.environment().put("CULVERT_STDERR_TTY", "1");
        script.environment().put("TERM", "xterm");
        return script.start();
    }

    private List<String> command() throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(CulvertProgram.command());
        command.addAll(List.of("gateway", "--config", siteFile().toString()));
        return command;
    }

    /** Starts the gateway and returns when it answers. */
    public void start() throws Exception {
        Process started = new ProcessBuilder(command())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log().toFile()))
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        process = started;
        Await.until(name + " is ready", PATIENCE, () -> {
            assertThat(started.isAlive())
                    .as("the gateway of " + name + " lives")
                    .isTrue();
            return client().readiness().ready();
        });
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("the gateway of " + name + " was not started");
        }
        return process;
    }

    /** The process of its gateway. */
    public long pid() {
        return running().pid();
    }

    /** SIGKILL: no chance to tidy up. */
    public void kill() throws InterruptedException {
        running().destroyForcibly().waitFor();
    }

    /** SIGTERM, and waits for the end. */
    public void stop() throws InterruptedException {
        running().destroy();
        assertThat(running().waitFor(60, TimeUnit.SECONDS))
                .as(name + " ends when told to")
                .isTrue();
    }

    /** SIGINT, as Ctrl-C at the gateway's terminal; returns the exit code. */
    public int interrupt() throws IOException, InterruptedException {
        Signals.send(running().pid(), "INT");
        assertThat(running().waitFor(60, TimeUnit.SECONDS))
                .as(name + " ends when told to")
                .isTrue();
        return running().exitValue();
    }

    /** SIGHUP. */
    public void reload() throws IOException, InterruptedException {
        Signals.send(running().pid(), "HUP");
    }

    /** What {@code /metrics} answers, by the admin socket. */
    public String metrics() throws IOException {
        var socket = UnixDomainSocketAddress.of(directory.resolve("admin.sock"));
        try (SocketChannel channel = SocketChannel.open(socket)) {
            channel.write(StandardCharsets.US_ASCII.encode(
                    "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    public GatewayClient client() {
        return new GatewayClient(directory.resolve("admin.sock"));
    }

    /** Runs a command against this site. */
    public CommandResult run(String... arguments) {
        return run(new ByteArrayInputStream(new byte[0]), arguments);
    }

    /** Runs a command that reads standard input. */
    public CommandResult run(InputStream input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                input,
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                Map.of("CULVERT_CONFIG", siteFile().toString()));
        int code = CommandRun.run(terminal, work, arguments);
        return new CommandResult(
                "at " + name + ", culvert " + String.join(" ", arguments),
                code,
                out.toByteArray(),
                err.toString(StandardCharsets.UTF_8));
    }

    /** Replicates a dataset to the end. */
    public JobView replicate(String dataset) throws IOException {
        return run("replicate", dataset, "--wait", "--output", "json")
                .succeeded()
                .job();
    }

    /** Begins to replicate a dataset to its one peer; returns the job's id. */
    public String beginToReplicate(String dataset) throws IOException {
        return run("replicate", dataset, "--output", "json")
                .succeeded()
                .json()
                .get(0)
                .path("id")
                .asText();
    }

    /** How many snapshots of a dataset this site lists. */
    public int snapshots(String dataset) throws IOException {
        return run("snapshot", "list", "--dataset", dataset, "--output", "json")
                .succeeded()
                .json()
                .size();
    }

    /** Restores a snapshot of a tree here, fails with the lines in which it differs from {@code expected}, and removes it. */
    public void assertRestores(String snapshot, Path expected) throws IOException, InterruptedException {
        Path restored = directory.resolve("restored-" + snapshot);
        run("restore", snapshot, "--to", restored.toString()).succeeded();
        TreeListing.assertSame(expected, restored);
        Shell.run(directory, "chmod -R u+rwx '%1$s'; rm -rf '%1$s'".formatted(restored));
    }

    /** The job, or nothing if the gateway does not know it, or does not answer. */
    public Optional<JobView> job(String id) {
        try {
            return Optional.of(client().job(id));
        } catch (OperationException e) {
            return Optional.empty();
        }
    }

    /** The stream to a peer, or nothing while the gateway does not answer. */
    public Optional<StreamView> stream(String peer) {
        try {
            return client().peers().stream()
                    .filter(view -> view.name().equals(peer))
                    .map(PeerView::stream)
                    .findFirst();
        } catch (OperationException e) {
            return Optional.empty();
        }
    }

    /** Waits until the stream to a peer is up. */
    public void awaitStream(String peer) throws Exception {
        Await.until(
                "the stream of " + name + " to " + peer,
                PATIENCE,
                () -> stream(peer)
                        .filter(stream -> stream.state() == StreamView.State.UP)
                        .isPresent());
    }

    public Path log() {
        return directory.resolve("gateway.log");
    }

    public String logText() throws IOException {
        return Files.exists(log()) ? Files.readString(log(), StandardCharsets.ISO_8859_1) : "";
    }

    @Override
    public void close() throws InterruptedException {
        if (process != null) {
            process.destroy();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
    }
}
