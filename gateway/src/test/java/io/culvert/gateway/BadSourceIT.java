package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.CommandResult;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sources that cannot be read, or move while they are: no snapshot that claims more than it holds (rule 7). */
final class BadSourceIT {

    private static final String SLOW = "20Mbit/s";
    private static final String FAST = "10Gbit/s";

    /** More than a job holds in memory and on its way, so that reading stops until the line lets it go on. */
    private static final String HELD_UP = "head -c 90000000 /dev/urandom >";

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static Path data;

    @BeforeAll
    static void start() throws Exception {
        data = SITES.data("closed", "vanishing", "moving", "odd");
        line(FAST);
        SITES.far().settings("grants:\n  near: {write: [main]}\n");
        if (Shell.isRoot()) {
            // Root without the right to read what its owner may not: then a mode of 0 means what it means to others.
            SITES.near().startThrough("setpriv", "--bounding-set=-dac_override,-dac_read_search");
        }
        SITES.startAndEnrol();
    }

    @AfterEach
    void nothingElseBecameVisible() throws IOException {
        SITES.far().run("verify").succeeded();
    }

    private static void line(String limit) throws IOException {
        StringBuilder yaml = new StringBuilder("peers:\n  far: {bandwidth: [{limit: " + limit + "}]}\ndatasets:\n");
        for (String tree : new String[] {"closed", "vanishing", "moving", "odd", "missing", "file"}) {
            yaml.append("  %s: {kind: tree, path: \"%s\", replicateTo: [{peer: far, pool: main}]}\n"
                    .formatted(tree, data.resolve(tree)));
        }
        for (String volume : new String[] {"shrinking", "written", "odd-volume", "pipe-volume", "no-volume"}) {
            yaml.append("  %s: {kind: volume, path: \"%s\", replicateTo: [{peer: far, pool: main}]}\n"
                    .formatted(
                            volume,
                            data.resolve(volume.replace("pipe-volume", "a-pipe").replace("odd-volume", "odd"))));
        }
        SITES.near().settings(yaml.toString());
    }

    private static long snapshots(String dataset) throws IOException {
        return SITES.far().snapshots(dataset);
    }

    private static CommandResult replicate(String dataset) {
        return SITES.near().run("replicate", dataset, "--wait");
    }

    private static void assertReplicates(String dataset) throws Exception {
        String snapshot = SITES.near().replicate(dataset).snapshot().orElseThrow();
        SITES.far().assertRestores(snapshot, data.resolve(dataset));
    }

    @Test
    void whatMayNotBeReadFailsTheSnapshotAndEverythingIsNamedAtOnce() throws Exception {
        Path source = data.resolve("closed");
        Shell.run(source, "printf a > open; printf b > secret; mkdir cellar; printf c > cellar/in; printf d > hidden");
        Shell.run(source, "chmod 0 secret cellar hidden");
        replicate("closed").failed(1, "3 entries of " + source + " could not be read", "secret", "cellar", "hidden");
        assertThat(snapshots("closed")).isZero();

        Shell.run(source, "chmod 600 secret hidden; chmod 700 cellar");
        assertReplicates("closed");
    }

    @Test
    void aSourceThatIsNotThereOrNotOfItsKindIsNamed() throws Exception {
        replicate("missing")
                .failed(1, data.resolve("missing").toString(), "no such file or directory", "check the dataset's path");
        replicate("no-volume")
                .failed(
                        1,
                        data.resolve("no-volume").toString(),
                        "no such file or directory",
                        "check the dataset's path");
        Files.writeString(data.resolve("file"), "no directory");
        replicate("file").failed(1, data.resolve("file").toString(), "directory");
        Shell.run(data, "mkfifo a-pipe");
        replicate("pipe-volume").failed(1, "neither a regular file nor a block device");
        replicate("odd-volume").failed(1, data.resolve("odd").toString(), "neither a regular file nor a block device");
        assertThat(snapshots("missing") + snapshots("file") + snapshots("odd-volume"))
                .isZero();
    }

    @Test
    void fifosSocketsAndLoopsOfLinksAreEntriesAndNobodyWaitsOnThem() throws Exception {
        Path source = data.resolve("odd");
        Shell.run(source, "mkfifo pipe; ln -s . here; ln -s b a; ln -s a b; mkdir -p d; ln -s ../d d/up; printf x > f");
        assertReplicates("odd");
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Path path = source.resolve("socket");
            socket.bind(UnixDomainSocketAddress.of(path));
            String snapshot = SITES.near().replicate("odd").snapshot().orElseThrow();
            Path restored = SITES.directory().resolve("restored-odd");
            CommandResult result = SITES.far().run("restore", snapshot, "--to", restored.toString());
            assertThat(result.succeeded().messages()).contains("socket");
            assertThat(restored.resolve("pipe")).exists();
            assertThat(restored.resolve("socket")).doesNotExist();
        }
    }

    @Test
    void filesThatVanishDuringTheScanRefuseTheSnapshotAndTheNextJobHasWhatIsLeft() throws Exception {
        Path source = data.resolve("vanishing");
        Shell.run(source, HELD_UP + "a-large; for i in $(seq 300); do echo $i > z$i; done");
        String job = startSlowly("vanishing");
        Shell.run(source, "rm z1*; mv z200 z200-renamed");
        letGo();
        JobView ended = awaitEnd(job);
        assertThat(ended.state()).isEqualTo(JobState.FAILED);
        assertThat(ended.failureCategory()).get().hasToString("REFUSED");
        assertThat(ended.failure()).get().asString().contains("z1", "vanished");
        assertThat(snapshots("vanishing")).isZero();
        assertReplicates("vanishing");
    }

    @Test
    void aFileAndAVolumeThatKeepChangingAreRefused() throws Exception {
        Shell.run(data, HELD_UP.replace("90", "30") + "moving/log; printf x > moving/quiet; cp moving/log written");
        AtomicBoolean over = new AtomicBoolean();
        Thread writer =
                Thread.ofPlatform().start(() -> write(over, data.resolve("moving/log"), data.resolve("written")));
        try {
            replicate("moving").failed(3, "log", "changed");
            replicate("written").failed(3, data.resolve("written").toString(), "changed");
        } finally {
            over.set(true);
            writer.join();
        }
        assertThat(snapshots("moving") + snapshots("written")).isZero();
        assertReplicates("moving");
    }

    private static void write(AtomicBoolean over, Path... files) {
        java.nio.ByteBuffer line =
                java.nio.ByteBuffer.wrap("another line\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        while (!over.get()) {
            for (Path file : files) {
                try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
                    out.write(line.rewind());
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void aVolumeThatShrinksIsReadAgainAndIsWhatItBecame() throws Exception {
        Path volume = data.resolve("shrinking");
        Shell.run(data, HELD_UP + "shrinking");
        String job = startSlowly("shrinking");
        Shell.run(data, "truncate -s 3000001 shrinking");
        letGo();
        JobView ended = awaitEnd(job);
        assertThat(ended.state()).as("%s", ended).isEqualTo(JobState.DONE);
        Path restored = SITES.directory().resolve("restored-volume");
        SITES.far()
                .run("restore", ended.snapshot().orElseThrow(), "--to", restored.toString())
                .succeeded();
        assertThat(Files.mismatch(restored.resolve("shrinking"), volume)).isEqualTo(-1);
    }

    /** Starts a job whose reading is held up by a slow line, and returns its id when it has begun to read. */
    private static String startSlowly(String dataset) throws Exception {
        line(SLOW);
        SITES.near().reload();
        String job = SITES.near().beginToReplicate(dataset);
        Await.until(
                dataset + " is being read",
                Site.PATIENCE,
                () -> SITES.near().client().job(job).progress().readBytes() > 20_000_000);
        return job;
    }

    private static void letGo() throws Exception {
        line(FAST);
        SITES.near().reload();
    }

    private static JobView awaitEnd(String job) throws Exception {
        Await.until(
                "job " + job + " ends",
                Site.PATIENCE,
                () -> SITES.near()
                        .job(job)
                        .filter(view -> view.state().hasEnded())
                        .isPresent());
        return SITES.near().client().job(job);
    }
}
