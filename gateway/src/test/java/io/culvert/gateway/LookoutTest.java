package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.testing.Await;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class LookoutTest {

    private final AtomicLong nanos = new AtomicLong(System.nanoTime());

    @Test
    void seesWhatIsThere() {
        try (Lookout lookout = new Lookout(nanos::get)) {
            assertThat(lookout.sees("a", () -> true)).isTrue();
            assertThat(lookout.sees("b", () -> false)).isFalse();
        }
    }

    @Test
    void looksAgainWhenAnAnswerIsOld() throws Exception {
        AtomicBoolean there = new AtomicBoolean();
        try (Lookout lookout = new Lookout(nanos::get)) {
            assertThat(lookout.sees("a", there::get)).isFalse();
            there.set(true);
            assertThat(lookout.sees("a", there::get)).isFalse();
            nanos.addAndGet(10_000_000_000L);
            Await.until("it is seen", Duration.ofSeconds(10), () -> lookout.sees("a", there::get));
        }
    }

    @Test
    void aFileSystemThatHangsKeepsNobodyFromSeeingTheOthers() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        try (Lookout lookout = new Lookout(nanos::get)) {
            Thread asks = Thread.startVirtualThread(() -> lookout.sees("hung", () -> await(hangs)));
            Await.until("somebody looks", Duration.ofSeconds(10), () -> hangs.getCount() == 1 && looks());
            nanos.addAndGet(Lookout.PATIENCE.toNanos() + 1);
            assertThat(lookout.sees("well", () -> true)).as("another one").isTrue();
            assertThat(lookout.sees("hung", () -> await(hangs)))
                    .as("what hangs")
                    .isFalse();
            asks.join();
            hangs.countDown();
            Await.until(
                    "what hung is seen again", Duration.ofSeconds(10), () -> lookout.sees("hung", () -> await(hangs)));
        }
    }

    private static boolean looks() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(one -> one.getName().equals("lookout"));
    }

    private static boolean await(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
