package io.culvert.dedupe.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.dedupe.chunk.ChunkRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real file system that is full: tmpfs of a megabyte. Needs root. */
final class FullDiskIT {

    @TempDir
    Path directory;

    private boolean mounted;

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "skipped: mounting a tmpfs needs root");
        assumeTrue(
                Commands.run("mount", "-t", "tmpfs", "-o", "size=1m", "none", directory.toString()),
                "skipped: tmpfs cannot be mounted here");
        mounted = true;
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        if (mounted) {
            assertThat(Commands.run("umount", directory.toString())).isTrue();
        }
    }

    @Test
    void refusesKeepsPublishesAndGoesOnWhenThereIsRoom() throws IOException, InterruptedException {
        PoolSettings settings = new PoolSettings("main", directory.resolve("pool"), 0, 256 << 10, 1 << 20, 64 << 10);
        List<byte[]> kept = new ArrayList<>();
        Random random = new Random(9);
        try (Pool pool = Pool.open(settings, InstantSource.system())) {
            PoolFullException full = catchThrowableOfType(PoolFullException.class, () -> {
                while (true) {
                    kept.addAll(PoolFixture.append(pool, random, 10, 8000));
                }
            });
            assertThat(full).hasMessageContaining("the disk of pool main").hasMessageContaining("is full");
            pool.force();
            PoolFixture.assertReads(pool, kept);
            Path filler = directory.resolve("filler");
            assertThatIOException().isThrownBy(() -> Files.write(filler, new byte[1 << 20]));
            ChunkRef root = TestSegments.ref(kept.getFirst());
            pool.snapshots()
                    .publish(
                            PoolFixture.snapshot("20260131T120000-0123abcd", root),
                            pool.proveClosure(root, checked -> {}));
            assertThat(pool.snapshots().list().snapshots()).hasSize(1);
            assertThat(Commands.run("mount", "-o", "remount,size=4m", directory.toString()))
                    .isTrue();
            kept.addAll(PoolFixture.append(pool, random, 10, 8000));
            pool.force();
            PoolFixture.assertReads(pool, kept);
        }
        try (Pool pool = Pool.open(settings, InstantSource.system())) {
            PoolFixture.assertReads(pool, kept);
            assertThat(pool.verify((done, total, damages) -> {}).isSound()).isTrue();
        }
    }
}
