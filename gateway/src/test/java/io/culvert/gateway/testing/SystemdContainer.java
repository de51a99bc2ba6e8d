package io.culvert.gateway.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.opentest4j.TestAbortedException;

/**
 * A host of its own inside this machine: a real systemd as process 1 of fresh namespaces, with this machine's programs, none
 * of its services, a loopback network that nobody else sees, and {@code /opt/culvert} as README has it. All that is written
 * there is in memory and gone with {@link #close}.
 */
public final class SystemdContainer implements AutoCloseable {
    private static final Duration BOOT_LIMIT = Duration.ofSeconds(60);
    private static final int COMMAND_SECONDS = 120;

    private final Path directory;
    private final Path cgroup;
    private final Process process;
    private final long systemd;

    private SystemdContainer(Path directory, Path cgroup, Process process, long systemd) {
        this.directory = directory;
        this.cgroup = cgroup;
        this.process = process;
        this.systemd = systemd;
    }

    /**
     * Boots.
     *
     * @param checkout has {@code gateway/target/gateway.jar}
     * @throws TestAbortedException with one line that says why this machine cannot
     */
    public static SystemdContainer boot(Path checkout) throws IOException, InterruptedException {
        if (!Shell.isRoot()) {
            throw new TestAbortedException("skipped: booting systemd in a container needs root");
        }
        DebianPackage.require("systemd", "systemctl");
        DebianPackage.require("iproute2", "ip");
        Path parent = Files.readAllLines(Path.of("/proc/mounts")).stream()
                .map(line -> line.split(" "))
                .filter(fields -> fields[2].equals("cgroup2"))
                .map(fields -> Path.of(fields[1]))
                .findFirst()
                .orElseThrow(() -> new TestAbortedException("skipped: no cgroup2 is mounted, which systemd needs"));
        Path directory = Files.createTempDirectory("culvert-systemd-");
        Path cgroup = parent.resolve(directory.getFileName());
        Path script = directory.resolve("boot.sh");
        Path root = Files.createDirectory(directory.resolve("root"));
        try (InputStream in = SystemdContainer.class.getResourceAsStream("systemd-container.sh")) {
            Files.write(script, java.util.Objects.requireNonNull(in).readAllBytes());
        }
        try {
            Files.createDirectory(cgroup);
        } catch (IOException e) {
            remove(directory, cgroup);
            throw new TestAbortedException("skipped: cgroups cannot be made here: " + e, e);
        }
        Process process = new ProcessBuilder(
                        "bash",
                        "-c",
                        "echo $$ >\"$0/cgroup.procs\" && exec unshare --mount --pid --fork --kill-child --uts --ipc --net"
                                + " --cgroup --propagation private bash \"$@\"",
                        cgroup.toString(),
                        script.toString(),
                        root.toString(),
                        System.getProperty("java.home"),
                        checkout.toAbsolutePath().normalize().toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("console").toFile())
                .start();
        process.getOutputStream().close();
        return await(directory, cgroup, process);
    }

    private static SystemdContainer await(Path directory, Path cgroup, Process process)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + BOOT_LIMIT.toNanos();
        while (process.isAlive() && System.nanoTime() - end < 0) {
            Optional<ProcessHandle> child = process.children().findFirst();
            if (child.isPresent()) {
                SystemdContainer booted = new SystemdContainer(
                        directory, cgroup, process, child.get().pid());
                if (booted.isUp()) {
                    return booted;
                }
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
        String said = Files.readString(directory.resolve("console"), StandardCharsets.ISO_8859_1);
        new SystemdContainer(directory, cgroup, process, process.pid()).close();
        throw new TestAbortedException("skipped: systemd does not boot in a container here: "
                + said.strip().replaceAll("\\R", " | "));
    }

    private boolean isUp() throws IOException, InterruptedException {
        String state = new String(run("systemctl is-system-running").output(), StandardCharsets.UTF_8).strip();
        return state.equals("running") || state.equals("degraded");
    }

    /** Runs a line of bash as root; whoever it fails for asks the result. */
    public CommandResult run(String line) throws IOException, InterruptedException {
        return run("root", line);
    }

    /** Runs a line of bash as a user of the container, in {@code /opt/culvert}. */
    public CommandResult run(String user, String line) throws IOException, InterruptedException {
        Path errors = Files.createTempFile(directory, "stderr", "");
        List<String> command = new ArrayList<>(List.of(
                "nsenter",
                "--target=" + systemd,
                "--mount",
                "--uts",
                "--ipc",
                "--net",
                "--pid",
                "--cgroup",
                "env",
                "-i",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "LANG=C.UTF-8",
                "EDITOR=/root/edit"));
        if (!user.equals("root")) {
            command.addAll(List.of("runuser", "-u", user, "--"));
        }
        command.addAll(List.of("bash", "-c", "cd /opt/culvert && { " + line + "\n}"));
        Process running = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectError(errors.toFile())
                .start();
        running.getOutputStream().close();
        Thread limit = Thread.ofVirtual().start(() -> {
            try {
                if (!running.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
                    running.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        byte[] output = running.getInputStream().readAllBytes();
        int code = running.waitFor();
        limit.join();
        String messages = Files.readString(errors);
        Files.delete(errors);
        return new CommandResult(user + ": " + line, code, output, messages);
    }

    /** Writes a file of the container. */
    public void write(String file, String content) throws IOException, InterruptedException {
        run("mkdir -p \"$(dirname '%s')\" && cat >'%s' <<'THE END'\n%sTHE END".formatted(file, file, content))
                .succeeded();
    }

    /** The end of what a unit said, for a failure. */
    public String journal(String unit) throws IOException, InterruptedException {
        return run("journalctl -u " + unit + " --no-pager -n 40").text();
    }

    /** Ends everything in it. */
    @Override
    public void close() throws IOException, InterruptedException {
        process.children().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        long end = System.nanoTime() + BOOT_LIMIT.toNanos();
        while (Files.readString(cgroup.resolve("cgroup.events")).contains("populated 1")
                && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        remove(directory, cgroup);
    }

    private static void remove(Path directory, Path cgroup) throws IOException, InterruptedException {
        Shell.run(
                Path.of("/"),
                "rm -rf '%s'; [ ! -d '%s' ] || find '%s' -depth -type d -delete".formatted(directory, cgroup, cgroup));
    }
}
