package io.culvert.gateway.testing;

import java.io.IOException;

/** Sends signals to processes that a test started. */
public final class Signals {
    private Signals() {}

    /** Sends a signal by its name, such as {@code STOP}. */
    public static void send(long pid, String signal) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("kill -" + signal + " " + pid + " ended with " + status);
        }
    }
}
