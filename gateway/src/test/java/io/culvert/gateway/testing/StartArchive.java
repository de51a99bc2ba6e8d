package io.culvert.gateway.testing;

import io.culvert.gateway.loopback.LoopbackPorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An archive of a gateway's classes as its start leaves them (JEP 483), like the launcher's of commands: with it a gateway starts for half
 * the CPU. Made once for each build, beside its jar, by the first test that starts one; the JVM refuses one of another jar by itself.
 */
final class StartArchive {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final ReentrantLock LOCK = new ReentrantLock();

    private StartArchive() {}

    /**
     * The archive of a jar, made if need be; nothing if the JVM makes none.
     *
     * @param program what starts the jar
     */
    static Optional<Path> of(Path jar, List<String> program) throws IOException {
        Path archive = jar.resolveSibling("gateway.aot");
        LOCK.lock();
        try (FileChannel channel = FileChannel.open(
                        jar.resolveSibling("gateway.aot.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (lock.isValid() && !isOf(jar, archive)) {
                make(archive, program);
            }
        } finally {
            LOCK.unlock();
        }
        return Files.size(archive) > 0 ? Optional.of(archive) : Optional.empty();
    }

    private static boolean isOf(Path jar, Path archive) throws IOException {
        return Files.exists(archive)
                && Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) > 0;
    }

    private static void make(Path archive, List<String> program) throws IOException {
        Files.deleteIfExists(archive);
        Path trial = Files.createTempDirectory("culvert-archive-");
        run(program, "init", "--site", "trial", "--dir", trial.toString());
        List<Integer> ports = LoopbackPorts.free(2);
        Path siteFile = Files.writeString(trial.resolve("site.yaml"), """
                site: trial
                stateDir: "%1$s"
                listen: 127.0.0.1:%2$d
                advertise: 127.0.0.1:%2$d
                admin: {listen: "127.0.0.1:%3$d"}
                checkpoints: {embedded: true}
                pools:
                  main: {path: "%1$s/pool"}
                """.formatted(trial, ports.get(0), ports.get(1)));
        List<String> noting = new ArrayList<>(program);
        noting.add(1, "-XX:AOTCacheOutput=" + archive);
        run(noting, "gateway", "--config", siteFile.toString());
        Shell.remove(trial);
        if (!Files.exists(archive)) {
            Files.createFile(archive);
        }
    }

    /** Runs a command to its end, a gateway until it is ready. */
    private static void run(List<String> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        Thread limit = Thread.ofVirtual().start(() -> end(process));
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                if (line.contains("the gateway is ready")) {
                    process.toHandle().destroy(); // Process.destroy would close what it says, too
                }
            }
            process.waitFor();
            limit.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the archive was made");
        } finally {
            process.destroyForcibly();
        }
    }

    /** What has not ended within the limit is ended: tests go on without an archive then. */
    private static void end(Process process) {
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.toHandle().destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
