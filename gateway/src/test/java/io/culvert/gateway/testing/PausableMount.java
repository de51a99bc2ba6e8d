package io.culvert.gateway.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory whose file system stops answering and goes on again, as an NFS server or an array does: a bindfs, stopped. */
public final class PausableMount implements AutoCloseable {

    private final Path mounted;
    private final Process fileSystem;

    private PausableMount(Path mounted, Process fileSystem) {
        this.mounted = mounted;
        this.fileSystem = fileSystem;
    }

    /** Mounts a directory at another; both are made. Ends the test as skipped where that cannot be done. */
    public static PausableMount mount(Path what, Path where) throws Exception {
        assumeTrue(Shell.isRoot(), "skipped: mounting a file system needs root");
        Path program = DebianPackage.require("bindfs", "bindfs");
        Files.createDirectories(what);
        Files.createDirectories(where);
        Process fileSystem = new ProcessBuilder(program.toString(), "-f", what.toString(), where.toString())
                .inheritIO()
                .start();
        PausableMount mount = new PausableMount(where, fileSystem);
        Await.until(
                "the file system is mounted",
                Site.PATIENCE,
                () -> Files.readString(Path.of("/proc/mounts")).contains(" " + where + " fuse"));
        return mount;
    }

    /** It answers nobody any more. */
    public void pause() throws IOException, InterruptedException {
        Signals.send(fileSystem.pid(), "STOP");
    }

    public void goOn() throws IOException, InterruptedException {
        Signals.send(fileSystem.pid(), "CONT");
    }

    /** Threads of a process that a request to such a file system holds in the kernel. */
    public static long waitingInTheKernel(long pid) throws Exception {
        String counted = new String(
                Shell.run(Path.of("/"), "grep -l fuse /proc/" + pid + "/task/*/stack 2>/dev/null | wc -l || true"),
                StandardCharsets.US_ASCII);
        return Long.parseLong(counted.strip());
    }

    @Override
    public void close() throws Exception {
        goOn();
        Shell.run(Path.of("/"), "umount -l '" + mounted + "'");
        fileSystem.destroy();
        fileSystem.waitFor();
    }
}
