package io.culvert.gateway.checkpoint;

import io.culvert.gateway.loopback.LoopbackPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An etcd of one member on loopback, as a child of this process, for a gateway that has none to share.
 *
 * <p>Its data stay in a directory of mode 0700 and are found again by the next start. If it ends by itself it is started again, at the
 * same address, as long as this is not closed. It ends with its parent also when that is
 * killed: a shell holds the other end of the child's standard input and stops etcd when it closes.
 */
public final class EtcdChild implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdChild.class);
    private static final Duration READY = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final int STOP_SECONDS = 10;
    private static final int MAX_LOG_BYTES = 16 << 20;

    /** Runs the arguments and ends them with TERM when standard input closes. */
    private static final String UNTIL_STDIN_CLOSES = "exec 3<&0; \"$@\" 3<&- </dev/null & child=$!;"
            + " (cat <&3 >/dev/null; kill -TERM $child 2>/dev/null) & exec 3<&-; wait $child";

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private final URI endpoint;
    private final List<String> command;
    private final Path log;
    private volatile Process process;
    private volatile boolean closed;

    private EtcdChild(URI endpoint, List<String> command, Path log) throws IOException {
        this.endpoint = endpoint;
        this.command = command;
        this.log = log;
        this.process = run(command, log);
    }

    private static Process run(List<String> command, Path log) throws IOException {
        if (Files.exists(log) && Files.size(log) > MAX_LOG_BYTES) {
            Files.delete(log);
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** Looks for the etcd program. */
    public static Optional<Path> find() {
        return EtcdProgram.find("etcd");
    }

    /**
     * Starts etcd and waits until it answers.
     *
     * @param program the etcd program
     * @param directory where its data and its log are kept; made if missing
     * @throws IOException if it ended or does not answer; the message quotes the end of its log
     */
    public static EtcdChild start(Path program, Path directory) throws IOException, InterruptedException {
        Path data = directory.resolve("data");
        Files.createDirectories(directory);
        if (!Files.exists(data)) {
            Files.createDirectory(
                    data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Path log = directory.resolve("etcd.log");
        List<Integer> ports = LoopbackPorts.free(2);
        URI client = URI.create("http://127.0.0.1:" + ports.get(0));
        URI peer = URI.create("http://127.0.0.1:" + ports.get(1));
        var child = new EtcdChild(client, command(program, data, client, peer), log);
        try {
            child.awaitReady(log);
            Thread.ofVirtual().name("etcd-child").start(child::supervise);
            return child;
        } catch (IOException | InterruptedException e) {
            child.close();
            throw e;
        }
    }

    private static List<String> command(Path program, Path data, URI client, URI peer) {
        return List.of(
                "/bin/sh",
                "-c",
                UNTIL_STDIN_CLOSES,
                "etcd-child",
                program.toString(),
                "--name=culvert",
                "--data-dir=" + data,
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=culvert=" + peer,
                "--auto-compaction-mode=periodic",
                "--auto-compaction-retention=30m",
                "--pre-vote=true",
                "--logger=zap",
                "--log-level=warn");
    }

    /** Starts it again whenever it has ended, until this is closed. */
    private void supervise() {
        Duration pause = FIRST_PAUSE;
        try {
            while (!closed) {
                long startedNanos = System.nanoTime();
                int exit = process.waitFor();
                if (closed) {
                    return;
                }
                boolean steady = System.nanoTime() - startedNanos > LONGEST_PAUSE.toNanos();
                pause = steady ? FIRST_PAUSE : longer(pause);
                LOG.error(
                        "etcd ended by itself (exit {}), and is started again in {} s; see {}",
                        exit,
                        pause.toSeconds(),
                        log);
                Thread.sleep(pause);
                startAgain();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    private void startAgain() {
        try {
            Process again = run(command, log);
            process = again;
            if (closed) { // who closed it meanwhile stopped the one before
                stop(again);
            }
        } catch (IOException e) {
            LOG.error("etcd cannot be started, and is tried again: {}", e.getMessage());
        }
    }

    private void awaitReady(Path log) throws IOException, InterruptedException {
        var health = HttpRequest.newBuilder(endpoint.resolve("/health"))
                .timeout(Duration.ofSeconds(1))
                .build();
        long end = System.nanoTime() + READY.toNanos();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (System.nanoTime() - end < 0) {
                if (process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new IOException("etcd ended at once: " + tail(log));
                }
                if (answers(client, health)) {
                    return;
                }
            }
        }
        throw new IOException("etcd did not answer within " + READY.toSeconds() + " s: " + tail(log));
    }

    private static boolean answers(HttpClient client, HttpRequest health) throws InterruptedException {
        try {
            return client.send(health, HttpResponse.BodyHandlers.ofString())
                    .body()
                    .contains("true");
        } catch (IOException e) {
            return false; // it does not listen yet
        }
    }

    private static String tail(Path log) throws IOException {
        String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).strip();
        return text.substring(Math.max(0, text.length() - 500));
    }

    public URI endpoint() {
        return endpoint;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Stops etcd in order and waits for its end. */
    @Override
    public void close() {
        closed = true;
        stop(process);
    }

    private static void stop(Process process) {
        boolean ended = false;
        try {
            process.getOutputStream().close();
            ended = process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("etcd could not be told to stop and is killed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
