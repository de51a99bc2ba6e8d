package io.culvert.gateway.testing;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs shell scripts of a test: for what Java cannot do, such as names that are no UTF-8. */
public final class Shell {
    private static final int LIMIT_SECONDS = 120;

    private Shell() {}

    /** Runs a script of bash in a directory; returns what it printed. @throws IOException if it fails */
    public static byte[] run(Path directory, String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        byte[] output = process.getInputStream().readAllBytes();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("did not end: " + script);
        }
        if (process.exitValue() != 0) {
            throw new IOException("ended with " + process.exitValue() + ": " + script + "\n"
                    + new String(output, StandardCharsets.ISO_8859_1));
        }
        return output;
    }

    /** Removes a directory with all that is in it. */
    static void remove(Path directory) throws IOException {
        try {
            run(Path.of("/"), "rm -rf '" + directory + "'");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + directory + " was removed");
        }
    }

    /** Whether this process is root and so may mount, make devices and change owners. */
    public static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }
}
