package io.culvert.gateway.relay.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Slice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flows on real threads, a sender and a receiver for each, over rings in files that go round many times. Not repeatable. */
final class ConcurrentFlowsTest {

    private static final int FLOWS = 6;
    private static final int MESSAGES = 400;
    private static final int RING_BYTES = 1 << 20;
    private static final int MOST_BYTES = 40_000;
    private static final int WINDOW = 4;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private record Message(byte[] plain, Optional<Slice> packed) {}

    @Test
    void flowsThatShareAHistoryNeverSpoilEachOther() throws Exception {
        byte[] library = new byte[RING_BYTES / 2];
        new Random(1).nextBytes(library);
        long repeated = 0;
        try (SentHistory sent = SentHistory.open(directory.resolve("sent"), RING_BYTES);
                ReceivedHistory received =
                        ReceivedHistory.open(directory.resolve("received"), RING_BYTES, new Random(2));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            sent.receiver(received.instance(), received.sizeBytes());
            List<Future<Long>> flows = new ArrayList<>();
            for (int i = 0; i < FLOWS; i++) {
                Random random = new Random(i);
                BlockingQueue<Message> line = new ArrayBlockingQueue<>(WINDOW);
                FlowPacker packer = sent.packer(false, Mode.ON);
                flows.add(threads.submit(() -> send(packer, line, library, random)));
                flows.add(threads.submit(receive(packer, received.unpacker(), line)));
            }
            for (Future<Long> flow : flows) {
                repeated += flow.get();
            }
            assertThat(sent.status().storedBytes()).as("it went round").isGreaterThan(2 * RING_BYTES);
        } catch (ExecutionException failed) {
            throw new AssertionError(failed.getCause());
        }
        assertThat(repeated).isGreaterThan(RING_BYTES);
    }

    private static long send(FlowPacker packer, BlockingQueue<Message> line, byte[] library, Random random)
            throws InterruptedException {
        long offset = 0;
        for (int i = 0; i < MESSAGES; i++) {
            byte[] plain = new byte[1 + random.nextInt(MOST_BYTES)];
            if (random.nextInt(3) == 0) {
                random.nextBytes(plain);
            } else {
                System.arraycopy(library, random.nextInt(library.length - plain.length), plain, 0, plain.length);
            }
            line.put(new Message(plain, packer.pack(offset, Slice.of(plain))));
            offset += plain.length;
        }
        return packer.stats().repeatedBytes();
    }

    private static Callable<Long> receive(FlowPacker packer, FlowUnpacker unpacker, BlockingQueue<Message> line) {
        return () -> {
            long offset = 0;
            for (int i = 0; i < MESSAGES; i++) {
                Message message = line.take();
                if (message.packed().isPresent()) {
                    assertThat(unpacker.unpack(message.packed().get()).equals(Slice.of(message.plain())))
                            .isTrue();
                }
                offset += message.plain().length;
                packer.acknowledged(offset);
            }
            packer.close();
            return 0L;
        };
    }
}
