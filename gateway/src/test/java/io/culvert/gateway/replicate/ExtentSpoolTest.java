package io.culvert.gateway.replicate;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.manifest.Extent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExtentSpoolTest {

    @TempDir
    private Path directory;

    private static List<Extent> fill(ExtentSpool spool, long seed, int count) throws IOException {
        Random random = new Random(seed);
        List<Extent> added = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (random.nextInt(4) == 0) {
                long hole = 1 + (random.nextLong() >>> 20);
                spool.hole(hole);
                added.add(new Extent.Hole(hole));
            } else {
                ChunkRef chunk = new ChunkRef(
                        new Fingerprint(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()),
                        1 + random.nextInt(ChunkRef.MAX_LENGTH_BYTES));
                spool.data(chunk);
                added.add(new Extent.Data(chunk));
            }
        }
        return added;
    }

    private static List<Extent> replayed(ExtentSpool spool) throws IOException, InterruptedException {
        List<Extent> extents = new ArrayList<>();
        spool.replay(extents::add);
        return extents;
    }

    @Test
    void extentsComeBackInOrderAsOftenAsAsked() throws IOException, InterruptedException {
        for (int count : new int[] {0, 1, ExtentSpool.MAX_IN_MEMORY, ExtentSpool.MAX_IN_MEMORY + 1, 50_000}) {
            try (ExtentSpool spool = new ExtentSpool(directory)) {
                List<Extent> added = fill(spool, count, count);
                assertThat(replayed(spool)).isEqualTo(added);
                assertThat(replayed(spool)).isEqualTo(added);
                assertThat(spool.lengthBytes())
                        .isEqualTo(added.stream().mapToLong(Extent::lengthBytes).sum());
            }
        }
    }

    @Test
    void memoryIsBoundedByAFileThatGoesWhenItIsClosed() throws IOException {
        try (ExtentSpool spool = new ExtentSpool(directory)) {
            fill(spool, 1, ExtentSpool.MAX_IN_MEMORY);
            assertThat(directory).isEmptyDirectory();
            fill(spool, 1, 1);
            assertThat(directory.toFile().list()).hasSize(1);
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void nothingOfAnEarlierTryIsLeftAfterItWasCleared() throws IOException, InterruptedException {
        try (ExtentSpool spool = new ExtentSpool(directory)) {
            fill(spool, 1, 30_000);
            spool.clear();
            assertThat(directory).isEmptyDirectory();
            assertThat(spool.lengthBytes()).isZero();
            assertThat(replayed(spool)).isEmpty();
            List<Extent> added = fill(spool, 2, 20_000);
            assertThat(replayed(spool)).isEqualTo(added);
        }
    }

    @Test
    void moreCanBeAddedAfterAReplay() throws IOException, InterruptedException {
        try (ExtentSpool spool = new ExtentSpool(directory)) {
            List<Extent> all = new ArrayList<>(fill(spool, 1, 20_000));
            assertThat(replayed(spool)).isEqualTo(all);
            all.addAll(fill(spool, 2, 20_000));
            assertThat(replayed(spool)).isEqualTo(all);
        }
    }
}
