package io.culvert.dedupe.pool;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * The child of {@link PoolTakeoverIT}: owns the pool as long as its lease, which is a file, exists. It appends, publishes
 * and says what is durable until it is refused, says why, and closes the pool.
 */
final class OwnedWriterProcess {

    private static final int MAX_SEGMENTS = 1_000_000;

    private OwnedWriterProcess() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        int round = Integer.parseInt(arguments[1]);
        Path lease = directory.resolve("lease-" + round);
        PoolOwnership ownership =
                new PoolOwnership("child-" + round, new Fence(1, Long.parseLong(arguments[2])), () -> check(lease));
        PoolSettings settings = PoolWriterProcess.settings(directory);
        try (Pool pool =
                Pool.open(PoolOpening.of(settings, InstantSource.system()).under(ownership))) {
            write(pool, round, System.out);
        }
    }

    private static void check(Path lease) throws IOException {
        if (!Files.exists(lease)) {
            throw new IOException("its lease is gone");
        }
    }

    private static void write(Pool pool, int round, PrintStream out) throws IOException {
        try {
            for (int segment = 0; segment < MAX_SEGMENTS; segment++) {
                pool.append(TestSegments.passing(PoolWriterProcess.chunks(round, segment)), "round-" + round);
                pool.force();
                out.println(segment);
                out.flush();
                if (segment % 4 == 3) {
                    PoolTakeoverIT.publish(pool, round, segment);
                    out.println("s" + segment);
                    out.flush();
                }
            }
        } catch (NotOwnerException refused) {
            out.println("refused: " + refused.getMessage());
            out.flush();
        }
    }
}
