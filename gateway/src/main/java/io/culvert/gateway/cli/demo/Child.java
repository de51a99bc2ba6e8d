package io.culvert.gateway.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A child process whose output goes to a file, ended by {@link #close}. */
final class Child implements AutoCloseable {
    private static final int STOP_SECONDS = 10;
    private static final int TAIL_LINES = 15;

    private final String name;
    private final Path log;
    private final Process process;

    private Child(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    static Child start(String name, List<String> command, Path directory) throws IOException {
        Path log = directory.resolve(name + ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(new java.io.File("/dev/null"))
                .start();
        return new Child(name, log, process);
    }

    /** A JVM like this one, on the same class path. */
    static Child java(String name, List<String> flags, List<String> arguments, Path directory) throws IOException {
        String java = ProcessHandle.current()
                .info()
                .command()
                .orElseGet(() ->
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
        List<String> command = Stream.of(
                        List.of(java),
                        flags,
                        List.of("-cp", System.getProperty("java.class.path"), "io.culvert.gateway.Main"),
                        arguments)
                .flatMap(List::stream)
                .toList();
        return start(name, command, directory);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it said last, for a message. */
    String lastWords() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }

    Optional<Integer> exitCode() {
        return process.isAlive() ? Optional.empty() : Optional.of(process.exitValue());
    }

    String name() {
        return name;
    }

    /** Asks it to end, and ends it if it does not. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
