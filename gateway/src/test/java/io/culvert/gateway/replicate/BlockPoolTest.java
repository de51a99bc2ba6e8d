package io.culvert.gateway.replicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class BlockPoolTest {

    private static BlockPool.Block polled(BlockPool pool) {
        return Objects.requireNonNull(pool.poll());
    }

    @Test
    void thereAreNoMoreBlocksThanTheBound() throws InterruptedException {
        BlockPool pool = new BlockPool(3);
        List<BlockPool.Block> blocks = List.of(polled(pool), polled(pool), polled(pool));
        assertThat(pool.poll()).isNull();
        assertThat(pool.take(Duration.ZERO)).isNull();
        assertThat(pool.take(Duration.ofMillis(1))).isNull();
        blocks.get(1).letGo();
        assertThat(polled(pool).bytes()).isSameAs(blocks.get(1).bytes());
        assertThat(pool.poll()).isNull();
    }

    @Test
    void aPoolHasAtLeastTwoBlocks() {
        for (int most : new int[] {1, 0, -1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new BlockPool(most))
                    .withMessage("most must be >= 2, was " + most);
        }
    }

    @Test
    void aBlockReturnsWhenAllHaveLetGo() {
        BlockPool pool = new BlockPool(2);
        BlockPool.Block block = polled(pool);
        polled(pool);
        block.hold();
        block.hold();
        block.letGo();
        block.letGo();
        assertThat(pool.poll()).isNull();
        block.letGo();
        assertThat(pool.poll()).isNotNull();
    }

    @Test
    void aSliceIsARangeOfTheBlock() {
        BlockPool.Block block = polled(new BlockPool(2));
        block.bytes()[100] = 7;
        assertThat(block.bytes()).hasSize(BlockPool.BLOCK_BYTES);
        assertThat(block.slice(100, 1).get(0)).isEqualTo((byte) 7);
    }

    @Test
    void whoWaitsGetsTheBlockThatReturns() throws InterruptedException, ExecutionException {
        BlockPool pool = new BlockPool(2);
        List<BlockPool.Block> blocks = List.of(polled(pool), polled(pool));
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<byte[]> waiting = executor.submit(() ->
                    Objects.requireNonNull(pool.take(Duration.ofMinutes(1))).bytes());
            blocks.getFirst().letGo();
            assertThat(waiting.get()).isSameAs(blocks.getFirst().bytes());
        }
    }

    @Test
    void manyThreadsNeverHoldMoreBlocksThanTheBound() throws InterruptedException, ExecutionException {
        BlockPool pool = new BlockPool(3);
        AtomicInteger held = new AtomicInteger();
        Set<Integer> seen = new HashSet<>();
        List<Future<Integer>> results = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 16; i++) {
                results.add(executor.submit(() -> {
                    int most = 0;
                    for (int k = 0; k < 200; k++) {
                        BlockPool.Block block = Objects.requireNonNull(pool.take(Duration.ofMinutes(1)));
                        most = Math.max(most, held.incrementAndGet());
                        Thread.yield();
                        held.decrementAndGet();
                        block.letGo();
                    }
                    return most;
                }));
            }
            for (Future<Integer> result : results) {
                seen.add(result.get());
            }
        }
        assertThat(seen).allSatisfy(most -> assertThat(most).isBetween(1, 3));
        assertThat(held).hasValue(0);
    }
}
