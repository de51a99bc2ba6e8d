package io.culvert.dedupe.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Catches boxed vectors: when the JIT fails to keep vectors in registers, each becomes an object, and a GB of input leaves
 * gigabytes of garbage. What is allowed here is the fingerprints themselves.
 */
final class AllocationTest {

    private static final int INPUT_BYTES = 4 << 20;
    private static final int WARM_UP_ROUNDS = 60;
    private static final int MEASURED_ROUNDS = 8;
    private static final long MOST_BYTES_PER_GB = 32_000_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final byte[] data = new byte[INPUT_BYTES];

    AllocationTest() {
        new Random(1).nextBytes(data);
    }

    @Test
    void chunkingLeavesNoGarbage() {
        Chunker chunker = new VectorChunker(ChunkSizes.TREE);
        assertThat(allocatedPerGb(() -> {
                    int from = 0;
                    while (from < data.length) {
                        from = chunker.cut(data, from, data.length);
                    }
                }))
                .isLessThan(MOST_BYTES_PER_GB);
    }

    @Test
    void hashingChunksOneByOneLeavesNoGarbage() {
        Fingerprinter fingerprinter = new Blake3(new VectorCompressor());
        int size = 16 * 1024;
        assertThat(allocatedPerGb(() -> {
                    for (int at = 0; at < data.length; at += size) {
                        fingerprinter.of(data, at, size);
                    }
                }))
                .isLessThan(MOST_BYTES_PER_GB);
    }

    @Test
    void hashingListsOfChunksLeavesNoGarbage() {
        Fingerprinter fingerprinter = new Blake3(new VectorCompressor());
        List<Slice> slices = new ArrayList<>();
        for (int at = 0; at + 13_000 < data.length; at += 13_000) {
            slices.add(new Slice(data, at, 13_000));
        }
        Fingerprint[] out = new Fingerprint[slices.size()];
        assertThat(allocatedPerGb(() -> fingerprinter.of(slices, out))).isLessThan(MOST_BYTES_PER_GB);
    }

    private static long allocatedPerGb(Runnable overInput) {
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            overInput.run();
        }
        long least = Long.MAX_VALUE;
        for (int round = 0; round < MEASURED_ROUNDS; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            overInput.run();
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return least * 1_000_000_000L / INPUT_BYTES;
    }
}
