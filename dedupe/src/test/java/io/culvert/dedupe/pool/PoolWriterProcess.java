package io.culvert.dedupe.pool;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;

/** The child of {@link PoolKillIT}: two sessions append and print the number of each segment that is durable. */
final class PoolWriterProcess {

    private static final int SESSIONS = 2;
    private static final int MAX_SEGMENTS = 1_000_000;

    private PoolWriterProcess() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int round = Integer.parseInt(arguments[1]);
        ReentrantLock printing = new ReentrantLock();
        try (Pool pool = Pool.open(settings(Path.of(arguments[0])), InstantSource.system())) {
            Thread[] sessions = new Thread[SESSIONS];
            for (int i = 0; i < SESSIONS; i++) {
                int first = i;
                sessions[i] = Thread.ofVirtual().start(() -> write(pool, round, first, printing, System.out));
            }
            for (Thread session : sessions) {
                session.join();
            }
        }
    }

    static PoolSettings settings(Path directory) {
        return new PoolSettings("killed", directory.resolve("pool"), 0, 1 << 20, 1 << 20, 64 << 10);
    }

    static List<byte[]> chunks(int round, int segment) {
        return TestSegments.chunks(new Random(round * 1_000_000L + segment), 20, 8000);
    }

    private static void write(Pool pool, int round, int first, ReentrantLock printing, PrintStream out) {
        try {
            for (int segment = first; segment < MAX_SEGMENTS; segment += SESSIONS) {
                pool.append(TestSegments.passing(chunks(round, segment)), "round-" + round);
                pool.force();
                printing.lock();
                try {
                    out.println(segment);
                    out.flush();
                } finally {
                    printing.unlock();
                }
            }
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
