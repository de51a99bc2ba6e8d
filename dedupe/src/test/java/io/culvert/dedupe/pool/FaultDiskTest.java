package io.culvert.dedupe.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FaultDiskTest extends DiskContract {

    private final FaultDisk disk = new FaultDisk();
    private final Path root = Path.of("/pool");

    @BeforeEach
    void makeRoot() {
        disk.createDirectories(root);
    }

    @Override
    Disk disk() {
        return disk;
    }

    @Override
    Path root() {
        return root;
    }

    @Test
    void keepsForcedBytesAndNamesThroughAPowerCutAndPromisesNoMore() throws IOException {
        int lost = 0;
        for (int seed = 0; seed < 200; seed++) {
            FaultDisk each = new FaultDisk();
            each.createDirectories(root);
            DiskFile file = each.create(root.resolve("a"));
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), 0);
            file.force();
            each.forceDirectory(root);
            file.write(ByteBuffer.wrap(new byte[] {5, 6, 7, 8}), 4);
            each.create(root.resolve("b"));
            each.cutPower(new Random(seed));
            assertThat(each.bytes(root.resolve("a"))).as("seed %d", seed).startsWith(1, 2, 3, 4);
            lost += each.bytes(root.resolve("a")).length < 8 ? 1 : 0;
            assertThatIOException().isThrownBy(file::force);
        }
        assertThat(lost).isBetween(20, 180);
    }

    @Test
    void writesWhatFitsAndRefusesTheRest() throws IOException {
        disk.capacity(10);
        DiskFile file = disk.create(root.resolve("a"));
        file.write(ByteBuffer.allocate(8), 0);
        assertThatIOException()
                .isThrownBy(() -> file.write(ByteBuffer.allocate(8), 8))
                .isInstanceOf(DiskFullException.class);
        file.truncate(8);
        disk.capacity(16);
        file.write(ByteBuffer.allocate(8), 8);
        assertThat(disk.usedBytes()).isEqualTo(16);
    }
}
