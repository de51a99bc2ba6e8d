package io.culvert.gateway.replicate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AttemptMemoryTest {

    private final AttemptMemory memory = new AttemptMemory(10);

    private static int taken(AttemptMemory.Blocks blocks) {
        int count = 0;
        while (blocks.pool().poll() != null) {
            count++;
        }
        return count;
    }

    @Test
    void anAttemptAloneHasAllBlocksAndTheOthersTheirOwn() {
        try (AttemptMemory.Blocks first = memory.blocks();
                AttemptMemory.Blocks second = memory.blocks()) {
            assertThat(taken(first)).isEqualTo(10);
            assertThat(taken(second)).isEqualTo(BlockPool.OWN_BLOCKS);
        }
    }

    @Test
    void whatAnAttemptHadIsTheNextOnes() {
        for (int round = 0; round < 3; round++) {
            try (AttemptMemory.Blocks blocks = memory.blocks()) {
                assertThat(taken(blocks)).isEqualTo(10);
                blocks.close();
                assertThat(blocks.pool().poll()).as("a block after the end").isNull();
            }
        }
    }
}
