package io.culvert.gateway.testing;

import java.io.IOException;

/** Sends signals to processes that a test started. */
public final class Signals {
    private Signals() {}

    /** Sends a signal by its name, such as {@code STOP}, to one process. */
    public static void send(long pid, String signal) throws IOException, InterruptedException {
        requireOne(pid);
        kill(Long.toString(pid), signal);
    }

    /**
     * Sends a signal to a process group that a test made with {@code setsid}, as a terminal does at Ctrl-C.
     *
     * <p>The {@code --} matters: without it the {@code kill} of procps 4.0.2 reads {@code -1234} as {@code -1}, which is
     * every process of the machine.
     */
    public static void sendToGroup(long group, String signal) throws IOException, InterruptedException {
        requireOne(group);
        kill("-" + group, signal);
    }

    private static void requireOne(long id) {
        if (id <= 1) {
            throw new IllegalArgumentException("id must be above 1, was " + id);
        }
    }

    private static void kill(String target, String signal) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-s", signal, "--", target)
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("kill -s " + signal + " -- " + target + " ended with " + status);
        }
    }
}
