package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.pool.Fence;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WriteQueueTest {
    private static final long SECOND = 1_000_000_000L;

    private final WriteQueue queue = new WriteQueue(WriteQueue.Limits.DEFAULT);

    private static CheckpointWrite write(String job, long bytes) {
        var ownership = new Ownership(job, new Fence(1, 1), new Owner("gw1", "p", Samples.NOON));
        return new CheckpointWrite(ownership, running(job, "a1", bytes));
    }

    private static long bytes(CheckpointWrite write) {
        return write.checkpoint().progress().acknowledgedBytes();
    }

    @Test
    void theLatestOfAJobWinsOnceASecond() {
        queue.submit(write("j", 1), 0);
        assertThat(queue.takeDue(0)).map(WriteQueueTest::bytes).containsExactly(1L);
        queue.submit(write("j", 2), 1);
        queue.written("j", 10);
        queue.submit(write("j", 3), 11);
        assertThat(queue.takeDue(SECOND)).isEmpty();
        assertThat(queue.waitNanos(SECOND)).hasValue(10);
        assertThat(queue.takeDue(SECOND + 10)).map(WriteQueueTest::bytes).containsExactly(3L);
        queue.written("j", SECOND + 20);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.waitNanos(SECOND + 20)).isEmpty();
    }

    @Test
    void anUrgentOneDoesNotWaitForItsInterval() {
        queue.submit(write("j", 1), 0);
        queue.takeDue(0);
        queue.written("j", 0);
        queue.submit(write("j", 2), 1);
        queue.urge("j");
        assertThat(queue.waitNanos(1)).hasValue(0);
        assertThat(queue.takeDue(1)).map(WriteQueueTest::bytes).containsExactly(2L);
    }

    @Test
    void oneOfAJobIsInFlightAtATime() {
        queue.submit(write("j", 1), 0);
        queue.takeDue(0);
        queue.submit(write("j", 2), 1);
        queue.urge("j");
        assertThat(queue.takeDue(1)).isEmpty();
        assertThat(queue.isPending("j")).isTrue();
    }

    @Test
    void whatMayNotHaveBeenWrittenComesAgainUnlessALaterOneCame() {
        queue.submit(write("j", 1), 0);
        queue.submit(write("k", 1), 0);
        List<CheckpointWrite> first = queue.takeDue(0);
        queue.submit(write("k", 2), 1);
        first.forEach(taken -> queue.retry(taken, 2));
        assertThat(queue.takeDue(SECOND)).isEmpty();
        assertThat(queue.takeDue(SECOND + 2)).map(WriteQueueTest::bytes).containsExactly(1L, 2L);
    }

    @Test
    void aBatchHasAtMost64AndASecondAtMost200() {
        for (int i = 0; i < 500; i++) {
            queue.submit(write("j" + i, 1), 0);
        }
        int taken = 0;
        for (List<CheckpointWrite> due = queue.takeDue(5); !due.isEmpty(); due = queue.takeDue(5)) {
            assertThat(due).hasSizeLessThanOrEqualTo(64);
            taken += due.size();
        }
        assertThat(taken).isEqualTo(200);
        assertThat(queue.waitNanos(5)).hasValue(SECOND);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void limitsHoldAndNothingStarvesUnderRandomLoad(long seed) {
        var random = new Random(seed);
        var recent = new ArrayDeque<Long>();
        Map<String, Long> submitted = new HashMap<>();
        Map<String, Long> written = new HashMap<>();
        Map<String, Long> lastWrite = new HashMap<>();
        long now = 0;
        for (int step = 0; step < 20_000; step++) {
            now += random.nextLong(5_000_000);
            String job = "j" + random.nextInt(150);
            submitted.put(job, (long) step);
            queue.submit(write(job, step), now);
            for (CheckpointWrite due : queue.takeDue(now)) {
                Long last = lastWrite.put(due.jobId(), now);
                assertThat(last == null || now - last >= SECOND)
                        .as("seed %d", seed)
                        .isTrue();
                written.put(due.jobId(), bytes(due));
                recent.add(now);
                queue.written(due.jobId(), now);
            }
            while (!recent.isEmpty() && now - recent.peek() >= SECOND) {
                recent.remove();
            }
            assertThat(recent.size()).as("seed %d", seed).isLessThanOrEqualTo(200);
        }
        for (int i = 0; i < 10; i++) {
            now += SECOND;
            for (CheckpointWrite due : queue.takeDue(now)) {
                written.put(due.jobId(), bytes(due));
                queue.written(due.jobId(), now);
            }
        }
        assertThat(written).as("seed %d", seed).isEqualTo(submitted);
    }
}
