package io.culvert.dedupe.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalDiskTest extends DiskContract {

    @TempDir
    Path root;

    private final LocalDisk disk = new LocalDisk();

    @Override
    Disk disk() {
        return disk;
    }

    @Override
    Path root() {
        return root;
    }

    @Test
    void keepsAFileOpenForOthersWhenOneOfItsThreadsIsInterrupted()
            throws IOException, InterruptedException, ExecutionException {
        try (DiskFile file = disk.create(root.resolve("a"));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int at = i;
                running.add(threads.submit(() -> writeAndRead(file, at, at % 2 == 0)));
            }
            for (Future<Integer> thread : running) {
                assertThat(thread.get()).isEqualTo(500);
            }
        }
    }

    private static int writeAndRead(DiskFile file, int at, boolean interrupted) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES);
        int good = 0;
        for (int i = 0; i < 500; i++) {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            file.write(bytes.clear().putInt(i).flip(), at * 4L);
            if (i % 100 == 0) {
                file.force();
            }
            file.read(bytes.clear(), at * 4L);
            good += bytes.getInt(0) == i ? 1 : 0;
        }
        return good;
    }
}
