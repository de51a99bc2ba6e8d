package io.culvert.dedupe.pool;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs of the machine for the tests that need a real file system. */
final class Commands {

    private static final int SECONDS = 180;

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

    /** Whether the program is there, after its Debian package was installed if it was not; as root. */
    static boolean installed(String program, String debianPackage) throws InterruptedException {
        return run(program, "--version")
                || (apt("install", debianPackage) || (apt("update") && apt("install", debianPackage)))
                        && run(program, "--version");
    }

    private static boolean apt(String verb, String... packages) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of("apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120", verb));
        command.addAll(List.of(packages));
        return run(command.toArray(String[]::new));
    }
}
