package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.DebianPackage;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.Signals;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Sources on a file system that no longer answers, as an NFS server does that went away: their jobs wait in the kernel, in
 * greater number than this machine has cores, and stop nothing else.
 */
final class HungSourceIT {

    private static final int HUNG = Math.min(Runtime.getRuntime().availableProcessors() + 2, 6);

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static Path mounted;
    private static Process fileSystem;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(Shell.isRoot(), "skipped: mounting a file system needs root");
        Path program = DebianPackage.require("bindfs", "bindfs");
        Path source = Files.createDirectories(SITES.directory().resolve("source"));
        mounted = Files.createDirectories(SITES.directory().resolve("mounted"));
        Path alive = Files.createDirectories(SITES.directory().resolve("alive"));
        Files.writeString(alive.resolve("file"), "alive");
        StringBuilder yaml = new StringBuilder("datasets:\n");
        append(yaml, "alive", alive);
        for (int i = 0; i < HUNG; i++) {
            Files.writeString(Files.createDirectories(source.resolve("d" + i)).resolve("file"), "hung " + i);
            append(yaml, "hung" + i, mounted.resolve("d" + i));
        }
        fileSystem = new ProcessBuilder(program.toString(), "-f", source.toString(), mounted.toString())
                .inheritIO()
                .start();
        Await.until("the file system is mounted", Site.PATIENCE, () -> Files.exists(mounted.resolve("d0/file")));
        SITES.near().settings(yaml.toString());
        SITES.far().settings("grants:\n  near: {write: [main]}\n");
        SITES.startAndEnrol();
    }

    private static void append(StringBuilder yaml, String dataset, Path path) {
        yaml.append(
                "  %s: {kind: tree, path: \"%s\", replicateTo: [{peer: far, pool: main}]}\n".formatted(dataset, path));
    }

    @AfterAll
    static void unmount() throws Exception {
        if (fileSystem != null) {
            Signals.send(fileSystem.pid(), "CONT");
            Shell.run(Path.of("/"), "umount -l '" + mounted + "'");
            fileSystem.destroy();
            fileSystem.waitFor();
        }
    }

    @Test
    void jobsThatWaitForADeadFileSystemStopNoOther() throws Exception {
        Signals.send(fileSystem.pid(), "STOP");
        List<String> jobs = new ArrayList<>();
        for (int i = 0; i < HUNG; i++) {
            jobs.add(SITES.near()
                    .run("replicate", "hung" + i, "--output", "json")
                    .succeeded()
                    .job()
                    .id());
        }
        Await.until("all of them wait for their file system", Site.PATIENCE, () -> waitingInTheKernel() >= HUNG);

        assertThat(SITES.near().replicate("alive").snapshot()).isPresent();
        assertThat(SITES.near().run("status").succeeded().text()).contains("hung0");
        assertThat(jobs).allSatisfy(id -> assertThat(state(id)).isEqualTo(JobState.SCANNING));

        Signals.send(fileSystem.pid(), "CONT");
        for (String id : jobs) {
            Await.until(id + " is done", Site.PATIENCE, () -> state(id) == JobState.DONE);
        }
        SITES.far().run("verify").succeeded();
    }

    private static JobState state(String id) {
        return SITES.near().job(id).map(JobView::state).orElseThrow();
    }

    /** Threads of the gateway that a request to the file system holds in the kernel. */
    private static long waitingInTheKernel() throws Exception {
        String counted = new String(
                Shell.run(
                        Path.of("/"),
                        "grep -l fuse /proc/" + SITES.near().pid() + "/task/*/stack 2>/dev/null | wc -l || true"),
                StandardCharsets.US_ASCII);
        return Long.parseLong(counted.strip());
    }
}
