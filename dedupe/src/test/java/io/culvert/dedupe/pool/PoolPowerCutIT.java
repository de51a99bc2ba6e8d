package io.culvert.dedupe.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power of a real ext4 is cut: it lies in a file on btrfs, which is copied in an instant while the pool writes, and the
 * copy mounted. Needs root, loop devices and btrfs-progs.
 */
final class PoolPowerCutIT {

    private static final int CUTS = Integer.getInteger("culvert.pool.cuts", 10);

    @TempDir
    Path directory;

    private final Deque<Path> mounted = new ArrayDeque<>();

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "skipped: cutting the power of an ext4 needs root");
        assumeTrue(
                Commands.installed("mkfs.btrfs", "btrfs-progs"),
                "skipped: needs the Debian package btrfs-progs, which could not be installed");
        Path outer = directory.resolve("b.img");
        assertThat(Commands.run("truncate", "-s", "600M", outer.toString())).isTrue();
        assertThat(Commands.run("mkfs.btrfs", "-q", outer.toString())).isTrue();
        assumeTrue(mount(outer, directory.resolve("bt")), "skipped: loop devices cannot be mounted here");
        Path inner = directory.resolve("bt/d.img");
        assertThat(Commands.run("truncate", "-s", "128M", inner.toString())).isTrue();
        assertThat(Commands.run("mkfs.ext4", "-q", inner.toString())).isTrue();
        assertThat(mount(inner, directory.resolve("in"))).isTrue();
    }

    @AfterEach
    void unmount() throws InterruptedException {
        while (!mounted.isEmpty()) {
            assertThat(Commands.run("umount", mounted.pop().toString())).isTrue();
        }
    }

    private boolean mount(Path image, Path at) throws IOException, InterruptedException {
        Files.createDirectories(at);
        boolean done = Commands.run("mount", "-o", "loop", image.toString(), at.toString());
        if (done) {
            mounted.push(at);
        }
        return done;
    }

    @Test
    void bringsBackWhatWasAcknowledgedBeforeThePowerWasCut() throws IOException, InterruptedException {
        PoolSettings settings = PoolWriterProcess.settings(directory.resolve("in"));
        Random random = new Random(8);
        try (Pool pool = Pool.open(settings, InstantSource.system())) {
            List<Integer> acknowledged = new ArrayList<>();
            int segment = 0;
            for (int cut = 0; cut < CUTS; cut++) {
                for (int end = segment + 20 + random.nextInt(20); segment < end; segment++) {
                    pool.append(TestSegments.passing(PoolWriterProcess.chunks(0, segment)), "cut");
                    if (random.nextInt(4) == 0) {
                        pool.force();
                        acknowledged = rangeTo(segment);
                    }
                }
                cutWhileWriting(pool, segment, acknowledged);
                segment += 20;
            }
        }
    }

    /** Copies the disk while a session appends, and looks into the copy. */
    private void cutWhileWriting(Pool pool, int from, List<Integer> acknowledged)
            throws IOException, InterruptedException {
        AtomicBoolean failed = new AtomicBoolean();
        Thread session = Thread.ofPlatform().start(() -> {
            try {
                for (int segment = from; segment < from + 20; segment++) {
                    pool.append(TestSegments.passing(PoolWriterProcess.chunks(0, segment)), "beside");
                    pool.force();
                }
            } catch (IOException failure) {
                failed.set(true);
            }
        });
        Path copy = directory.resolve("bt/c.img");
        boolean copied = Commands.run(
                "cp", "--reflink=always", directory.resolve("bt/d.img").toString(), copy.toString());
        session.join();
        assertThat(copied).isTrue();
        assertThat(failed).isFalse();
        Path cut = directory.resolve("cl");
        assertThat(mount(copy, cut)).isTrue();
        try (Pool after = Pool.open(PoolWriterProcess.settings(cut), InstantSource.system())) {
            assertThat(after.recovery().damages()).isEmpty();
            for (int segment : acknowledged) {
                PoolFixture.assertReads(after, PoolWriterProcess.chunks(0, segment));
            }
            assertThat(after.verify((done, total, damages) -> {}).isSound()).isTrue();
        }
        assertThat(Commands.run("umount", mounted.pop().toString())).isTrue();
    }

    private static List<Integer> rangeTo(int last) {
        List<Integer> all = new ArrayList<>();
        for (int segment = 0; segment <= last; segment++) {
            all.add(segment);
        }
        return all;
    }
}
