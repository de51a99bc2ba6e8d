package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.admin.PoolView;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Disks that are full: the receiver's pool, the sender's state, the place of a restore. A sentence that says which, nothing
 * of it visible, and all goes on when there is room, without a restart. Full disks are tmpfs, which takes root to mount.
 */
final class BadDiskIT {

    private static final String NEEDS_ROOT = "skipped: mounting a tmpfs needs root";

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static Path data;
    private static boolean mounted;

    @BeforeAll
    static void start() throws Exception {
        data = SITES.data("large", "many", "small");
        Shell.run(data, "seq 20000 > small/numbers; head -c 24000000 /dev/urandom > large/random");
        Shell.run(data.resolve("many"), "for i in $(seq 12000); do : > a-name-that-takes-some-room-in-a-leaf-$i; done");
        SITES.near().settings("""
                datasets:
                  small: {kind: tree, path: "%1$s/small", replicateTo: [{peer: far, pool: main}]}
                  large: {kind: tree, path: "%1$s/large", replicateTo: [{peer: far, pool: main}]}
                  many: {kind: tree, path: "%1$s/many", replicateTo: [{peer: far, pool: quota}]}
                  tight: {kind: tree, path: "%1$s/large", replicateTo: [{peer: far, pool: quota}]}
                  image: {kind: volume, path: "%1$s/large/random", replicateTo: [{peer: far, pool: big}]}
                """.formatted(data));
        SITES.far().settings("""
                  quota: {path: "%1$s/quota", quota: 16MiB}
                  big: {path: "%1$s/big"}
                grants:
                  near: {write: [main, quota, big]}
                """.formatted(SITES.directory()));
        if (Shell.isRoot()) {
            mount(SITES.far().pool(), "20m");
            mount(SITES.near().directory().resolve("replicate"), "512k");
            mount(SITES.near().directory().resolve("checkpoints"), "256k");
            mount(SITES.directory().resolve("target"), "8m");
            mounted = true;
        }
        SITES.startAndEnrol();
    }

    private static void mount(Path directory, String size) throws Exception {
        Files.createDirectories(directory);
        Shell.run(directory, "mount -t tmpfs -o size=" + size + " none '" + directory + "'");
    }

    private static void resize(Path directory, String size) throws Exception {
        Shell.run(Path.of("/"), "mount -o remount,size=" + size + " '" + directory + "'");
    }

    @AfterAll
    static void unmount() throws Exception {
        SITES.near().close();
        SITES.far().close();
        if (mounted) {
            Shell.run(Path.of("/"), "findmnt -rno TARGET | grep '^" + SITES.directory() + "' | xargs -r umount");
        }
    }

    private static void assertReplicates(String dataset, String source) throws Exception {
        assertRestores(SITES.near().replicate(dataset).snapshot().orElseThrow(), source);
    }

    private static void assertRestores(String snapshot, String source) throws Exception {
        SITES.far().assertRestores(snapshot, data.resolve(source));
    }

    private static int snapshots(String dataset) throws IOException {
        return SITES.far().snapshots(dataset);
    }

    @Test
    void aPoolOnAFullDiskRefusesKeepsWhatItHasAndGoesOnWhenThereIsRoom() throws Exception {
        assumeTrue(mounted, NEEDS_ROOT);
        String small = SITES.near().replicate("small").snapshot().orElseThrow();
        SITES.near()
                .run("replicate", "large", "--wait")
                .failed(1, "far refused: the disk of pool main (" + SITES.far().pool(), "is full", "make room");
        assertThat(snapshots("large")).isZero();
        assertRestores(small, "small");
        assertReplicates("small", "small");
        SITES.far().run("verify", "--pool", "main").succeeded();

        resize(SITES.far().pool(), "100m");
        assertReplicates("large", "large");
        SITES.far().run("verify", "--pool", "main").succeeded();
        assertThat(SITES.far().client().pool("main").state()).isEqualTo(PoolView.State.OPEN);
    }

    @Test
    void aPoolBeyondItsQuotaRefusesWithFiguresAndServesOn() throws Exception {
        SITES.near().run("replicate", "tight", "--wait").failed(1, "pool quota is full", "quota of", "site file");
        assertThat(snapshots("tight")).isZero();
        SITES.far().run("verify", "--pool", "quota").succeeded();
    }

    @Test
    void aSenderWhoseScanFilesFindNoRoomSaysWhereAndGoesOnWhenThereIs() throws Exception {
        assumeTrue(mounted, NEEDS_ROOT);
        Path scans = SITES.near().directory().resolve("replicate");
        SITES.near().run("replicate", "many", "--wait").failed(1, scans.toString(), "No space left on device");
        assertThat(snapshots("many")).isZero();
        resize(scans, "50m");
        assertReplicates("many", "many");
    }

    @Test
    void aSenderWhoseCheckpointsFindNoRoomWaitsSaysSoAndGoesOnWhenThereIs() throws Exception {
        assumeTrue(mounted, NEEDS_ROOT);
        Site near = SITES.near();
        Path checkpoints = near.directory().resolve("checkpoints");
        Path filler = checkpoints.resolve("filler");
        Shell.run(checkpoints, "head -c 10m /dev/zero > filler || true");
        String[] job = {""};
        // The last page of the file has room for the records of some jobs.
        Await.until("a job says what it waits for", Site.PATIENCE, () -> {
            if (near.job(job[0]).filter(view -> !view.state().hasEnded()).isEmpty()) {
                job[0] = near.beginToReplicate("small");
            }
            return near.job(job[0])
                    .flatMap(JobView::waitingFor)
                    .filter(why -> why.contains("No space left on device"))
                    .isPresent();
        });
        assertThat(near.run("status").succeeded().text()).contains("No space left on device");
        Files.delete(filler);
        Await.until(
                "the job is done",
                Site.PATIENCE,
                () -> near.job(job[0])
                        .filter(view -> view.state() == JobState.DONE)
                        .isPresent());
        assertReplicates("small", "small");
    }

    @Test
    void aRestoreToAFullDiskSaysSoAndALaterOneIsWhole() throws Exception {
        assumeTrue(mounted, NEEDS_ROOT);
        String image = SITES.near().replicate("image").snapshot().orElseThrow();
        Path target = SITES.directory().resolve("target");
        SITES.far()
                .run("restore", image, "--to", target.resolve("image").toString())
                .failed(1, "No space left on device", "nothing was left in");
        assertThat(target.resolve("image")).isEmptyDirectory();
        resize(target, "50m");
        SITES.far()
                .run("restore", image, "--to", target.resolve("image").toString())
                .succeeded();
        assertThat(Files.mismatch(target.resolve("image/image"), data.resolve("large/random")))
                .isEqualTo(-1);
    }

    @Test
    void aRestoreTargetThatIsInUseOrLeadsElsewhereIsNotTouched() throws Exception {
        String small = SITES.near().replicate("small").snapshot().orElseThrow();
        Path places = Files.createDirectories(SITES.directory().resolve("places"));
        Shell.run(
                places,
                "mkdir used; echo mine > used/file; echo mine > file; ln -s used link; ln -s ../outside dangling");
        for (String used : new String[] {"used", "link"}) {
            SITES.far()
                    .run("restore", small, "--to", places.resolve(used).toString())
                    .failed(3, "is not empty");
        }
        SITES.far()
                .run("restore", small, "--to", places.resolve("file").toString())
                .failed(1, "is not a directory");
        SITES.far()
                .run("restore", small, "--to", places.resolve("dangling").toString())
                .failed(1, "dangling");
        assertThat(SITES.directory().resolve("outside")).doesNotExist();
        assertThat(places.resolve("used")).isDirectoryContaining(path -> path.endsWith("file"));
        assertThat(places.resolve("used/numbers")).doesNotExist();
        assertThat(places.resolve("file")).hasContent("mine");
    }
}
