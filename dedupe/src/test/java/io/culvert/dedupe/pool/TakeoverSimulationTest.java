package io.culvert.dedupe.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/**
 * Gateways take a pool from each other on a disk that all of them see. One works until it is frozen at a random change that
 * its guard has let through; the next one takes over, works, and may be frozen itself; at some moment of that, or after it,
 * the first one's change reaches the disk and it goes on until it is refused. Whoever opens the pool finds:
 *
 * <ol>
 *   <li>every chunk that any owner acknowledged, byte for byte, and so every chunk that the pool claims to have;
 *   <li>every snapshot that was published and not deleted, and none that an earlier opening did not find and no live owner
 *       published;
 *   <li>no fence of a dataset that has gone back, nothing that is called damaged.
 * </ol>
 *
 * The same seed does the same. {@code -Dculvert.pool.takeovers=N} runs more; {@code -Dculvert.pool.takeover=N} runs one.
 */
final class TakeoverSimulationTest {

    private static final int SEEDS = Integer.getInteger("culvert.pool.takeovers", 120);

    @Test
    void losesNothingAndShowsNothingThatAFrozenOwnerHadOnItsWay() {
        Integer only = Integer.getInteger("culvert.pool.takeover");
        int first = only == null ? 0 : only;
        int end = only == null ? SEEDS : only + 1;
        Map<SharedPool.Seen, Integer> seen = new EnumMap<>(SharedPool.Seen.class);
        try (ExecutorService machines = Executors.newCachedThreadPool()) {
            for (int seed = first; seed < end; seed++) {
                try {
                    new SharedPool(seed, machines)
                            .run()
                            .forEach((what, count) -> seen.merge(what, count, Integer::sum));
                } catch (IOException | RuntimeException | AssertionError failure) {
                    throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
                }
            }
        }
        if (only == null) {
            assertThat(seen).as("all of it did happen").containsOnlyKeys(SharedPool.Seen.values());
            assertThat(seen.get(SharedPool.Seen.FROZEN)).isGreaterThan(SEEDS / 2);
        }
    }

    @Test
    void noticesAnOwnerWhoseGuardDoesNotGuard() {
        try (ExecutorService machines = Executors.newCachedThreadPool()) {
            assertThatThrownBy(() -> {
                        for (int seed = 0; seed < 200; seed++) {
                            SharedPool.unguarded(seed, machines).run();
                        }
                    })
                    .isInstanceOf(Throwable.class);
        }
    }
}
