package io.culvert.gateway.testing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.opentest4j.TestAbortedException;

/**
 * A Debian package that a test needs. As root it is installed when its program is missing, with none of its services started or
 * enabled; otherwise the test is reported as skipped, with one line that says which package it lacks.
 */
public final class DebianPackage {
    private static final Path POLICY = Path.of("/usr/sbin/policy-rc.d");
    private static final Path UNITS = Path.of("/etc/systemd/system");
    private static final ReentrantLock LOCK = new ReentrantLock();
    private static final int INSTALL_MINUTES = 10;

    private DebianPackage() {}

    /**
     * Returns the path of a program, installing its package if need be.
     *
     * @param program its name; of a package that brings none, a file, from the root on
     * @param units the services that the package would start, such as {@code etcd.service}; they are masked first
     * @throws TestAbortedException if the program is missing and cannot be installed
     */
    public static Path require(String name, String program, String... units) {
        Optional<Path> found = find(program);
        if (found.isPresent()) {
            return found.get();
        }
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new TestAbortedException("skipped: needs the Debian package " + name + " (" + program
                    + "); as root it would be installed, or run: apt-get install " + name);
        }
        try {
            return installAlone(name, program, List.of(units));
        } catch (IOException e) {
            throw new TestAbortedException("skipped: the Debian package " + name + " could not be installed: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TestAbortedException(
                    "skipped: interrupted while the Debian package " + name + " was installed", e);
        }
    }

    /**
     * The same for a package without a program, known by a file or directory of it.
     *
     * @throws TestAbortedException if it is missing and cannot be installed
     */
    public static void requireFile(String name, Path file) {
        if (!Files.exists(file)) {
            require(name, file.toString());
        }
    }

    /** @param program a name to be looked for, or an absolute path */
    private static Optional<Path> find(String program) {
        if (program.startsWith("/")) {
            return Optional.of(Path.of(program)).filter(Files::exists);
        }
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/bin:/sbin:/bin";
        for (String directory : path.split(":", -1)) {
            if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
                return Optional.of(Path.of(directory, program));
            }
        }
        return Optional.empty();
    }

    /** One process at a time, so that none takes the policy away while another still needs it. */
    private static Path installAlone(String name, String program, List<String> units)
            throws IOException, InterruptedException {
        Path lockFile = Path.of("/run/culvert-test-packages.lock");
        LOCK.lock(); // a lock of a file is held by a process
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            Optional<Path> meanwhile = find(program);
            if (meanwhile.isPresent() && lock.isValid()) {
                return meanwhile.get();
            }
            boolean ownPolicy = forbidServices();
            try {
                mask(units);
                if (apt("install", name) != 0) {
                    apt("update");
                    if (apt("install", name) != 0) {
                        throw new IOException("apt-get install " + name + " failed");
                    }
                }
            } finally {
                if (ownPolicy) {
                    Files.deleteIfExists(POLICY);
                }
            }
        } finally {
            LOCK.unlock();
        }
        return find(program).orElseThrow(() -> new IOException("package " + name + " brought no program " + program));
    }

    /** Puts a policy that forbids all service actions in place, if the machine has none of its own. */
    private static boolean forbidServices() throws IOException {
        if (Files.exists(POLICY)) {
            return false;
        }
        Files.writeString(POLICY, "#!/bin/sh\nexit 101\n");
        Files.setPosixFilePermissions(POLICY, PosixFilePermissions.fromString("rwxr-xr-x"));
        return true;
    }

    private static void mask(List<String> units) throws IOException {
        Files.createDirectories(UNITS);
        for (String unit : units) {
            Path link = UNITS.resolve(unit);
            if (!Files.exists(link, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(link, Path.of("/dev/null"));
            }
        }
    }

    private static int apt(String verb, String... packages) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300", verb));
        if (packages.length > 0) {
            command.add("--no-install-recommends");
            command.addAll(List.of(packages));
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException("apt-get " + verb + " did not end");
        }
        if (process.exitValue() != 0) {
            System.err.println(output.substring(Math.max(0, output.length() - 2000)));
        }
        return process.exitValue();
    }
}
