package io.culvert.gateway.checkpoint;

import io.culvert.gateway.testing.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A process that owns job {@code j1} and writes its checkpoint as fast as it can, to be stopped or killed from outside. It
 * prints {@code fence E.R}, then {@code wrote N} after each write that was confirmed, {@code lost REASON} when it is told, and
 * {@code refused} when a write is fenced; it ends after both.
 */
final class StoreChild implements AutoCloseable {
    static final EtcdSettings.Timing SHORT =
            new EtcdSettings.Timing(Duration.ofSeconds(3), Duration.ofMillis(700), Duration.ofSeconds(6));

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final BufferedReader output;

    private StoreChild(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    static StoreChild embedded(Path directory) throws IOException {
        return start("embedded", directory.toString());
    }

    static StoreChild etcd(URI endpoint, String prefix) throws IOException {
        return start("etcd", endpoint.toString(), prefix);
    }

    private static StoreChild start(String... arguments) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(
                List.of(java, "-Xmx128m", "-cp", System.getProperty("java.class.path"), StoreChild.class.getName()));
        command.addAll(List.of(arguments));
        return new StoreChild(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    long pid() {
        return process.pid();
    }

    /** Returns the next line it printed that starts with this word, without the word. */
    String await(String word) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(word)) {
                return line.substring(word.length()).strip();
            }
        }
        throw new IOException("the child ended without saying " + word);
    }

    /** Returns what it still says until it ends. */
    List<String> rest() {
        return output.lines().toList();
    }

    /** SIGKILL; returns the last write that it confirmed. */
    long kill() throws IOException, InterruptedException {
        Signals.send(process.pid(), "KILL"); // Process.destroyForcibly would close its output unread
        long last = 0;
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("wrote ")) {
                last = Long.parseLong(line.substring("wrote ".length()));
            }
        }
        return last;
    }

    boolean awaitEnd() throws InterruptedException {
        return process.waitFor(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    public static void main(String[] arguments) throws Exception {
        try (CheckpointStore store = "embedded".equals(arguments[0])
                ? EmbeddedCheckpointStore.open(Path.of(arguments[1]), "child", InstantSource.system())
                : EtcdCheckpointStore.open(
                        new EtcdSettings(
                                List.of(URI.create(arguments[1])), null, arguments[2], "seoul", "child", SHORT),
                        InstantSource.system())) {
            CountDownLatch told = new CountDownLatch(1);
            Ownership ownership = store.claim("j1", (lost, reason) -> {
                say("lost " + reason);
                told.countDown();
            });
            say("fence " + ownership.fence());
            for (long n = 1; ; n++) {
                switch (store.writeAll(List.of(new CheckpointWrite(ownership, Samples.running("j1", "child", n))))
                        .getFirst()) {
                    case WriteOutcome.Written written ->
                        say("wrote " + written.stored().sequence());
                    case WriteOutcome.Unknown unknown ->
                        say("unknown " + unknown.cause().sentence());
                    case WriteOutcome.Fenced fenced -> {
                        say("refused " + fenced.cause().reason());
                        told.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                        return;
                    }
                }
            }
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
