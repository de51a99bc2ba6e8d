package io.culvert.dedupe.pool;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Runs programs of the machine for the tests that need a real file system. */
final class Commands {

    private static final int SECONDS = 60;

    private Commands() {}

    /** Whether the program is there and ends well. */
    static boolean run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }
}
