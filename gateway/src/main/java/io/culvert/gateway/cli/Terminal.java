package io.culvert.gateway.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a command is run from.
 *
 * @param results standard output: results and nothing else
 * @param bytes the same, for a restore's bytes: a {@link FileOutputStream} if it is a file in which holes can be left
 * @param messages standard error: progress, problems
 * @param interactive whether {@code messages} is looked at by a person on a terminal
 */
public record Terminal(
        InputStream input,
        PrintStream results,
        OutputStream bytes,
        PrintStream messages,
        boolean interactive,
        Map<String, String> environment) {
    private static final int BUFFER_BYTES = 64 << 10;

    public Terminal {
        environment = Map.copyOf(environment);
    }

    /** One whose standard output is no file. */
    public Terminal(
            InputStream input,
            PrintStream results,
            PrintStream messages,
            boolean interactive,
            Map<String, String> environment) {
        this(input, results, results, messages, interactive, environment);
    }

    /** That of this process, in UTF-8. */
    public static Terminal ofProcess() {
        FileOutputStream standard = new FileOutputStream(FileDescriptor.out);
        PrintStream results =
                new PrintStream(new BufferedOutputStream(standard, BUFFER_BYTES), false, StandardCharsets.UTF_8);
        return new Terminal(
                new FileInputStream(FileDescriptor.in),
                results,
                StandardOutput.takesHoles(standard) ? standard : results,
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                isTerminal(),
                System.getenv());
    }

    /** The launcher, which can ask, says whether standard error is a terminal. */
    private static boolean isTerminal() {
        return "1".equals(System.getenv("CULVERT_STDERR_TTY")) && !"dumb".equals(System.getenv("TERM"));
    }
}
