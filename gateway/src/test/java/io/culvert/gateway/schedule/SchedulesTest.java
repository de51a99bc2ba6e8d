package io.culvert.gateway.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class SchedulesTest {
    /** Due every five milliseconds. */
    private static final Schedule OFTEN = instant -> Optional.of(instant.plus(Duration.ofMillis(5)));

    @Test
    void runsJobsOneAtATimeEvenIfOneThrows() throws Exception {
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        var runs = new Semaphore(0);
        try (var schedules = new Schedules(InstantSource.system(), dataset -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            inside.decrementAndGet();
            runs.release();
            if (runs.availablePermits() % 2 == 0) {
                throw new IllegalStateException("a job with a bug");
            }
        })) {
            schedules.put("finance", OFTEN, Instant.now());
            assertThat(runs.tryAcquire(20, 30, TimeUnit.SECONDS)).isTrue();
            assertThat(schedules.next("finance")).isPresent();
            schedules.remove("finance");
            assertThat(schedules.next("finance")).isEmpty();
        }
        assertThat(most).hasValue(1);
    }

    @Test
    void aJobThatTakesLongDoesNotHoldUpAnother() throws Exception {
        var release = new Semaphore(0);
        var other = new Semaphore(0);
        try (var schedules = new Schedules(InstantSource.system(), dataset -> {
            if ("slow".equals(dataset)) {
                release.acquireUninterruptibly();
            } else {
                other.release();
            }
        })) {
            schedules.put("slow", OFTEN, Instant.now().minusSeconds(1));
            schedules.put("quick", OFTEN, Instant.now());
            assertThat(other.tryAcquire(5, 30, TimeUnit.SECONDS)).isTrue();
            release.release(1000);
        }
    }
}
