package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.PoolSettings;
import io.culvert.gateway.admin.PoolView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PoolWatchTest {

    private static final Instant NOW = Instant.parse("2026-11-21T22:00:00Z");
    private static final PoolView OPEN = view(7);

    @TempDir
    private Path directory;

    private Pool pool;

    private static PoolView view(long chunks) {
        return new PoolView("main", "/pool", PoolView.State.OPEN, "", Optional.empty(), 1, 2, 3, chunks, 1, 1);
    }

    @BeforeEach
    void open() throws IOException {
        pool = Pool.open(PoolSettings.of("main", directory.resolve("pool"), 0), () -> NOW);
    }

    @AfterEach
    void close() throws IOException {
        pool.close();
    }

    @Test
    void tellsWhatIsSeenEachTimeAnew() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        PoolWatch watch = new PoolWatch(of -> view(looks.incrementAndGet()), () -> NOW, Duration.ofSeconds(30));
        assertThat(watch.see(pool, OPEN).chunks()).isOne();
        assertThat(watch.see(pool, OPEN).chunks()).isEqualTo(2);
    }

    @Test
    void aDiskThatIsSilentIsToldWithWhatWasSeenLastAndLookedAtOnce() throws Exception {
        CountDownLatch answers = new CountDownLatch(1);
        AtomicInteger looks = new AtomicInteger();
        PoolWatch watch = new PoolWatch(
                of -> {
                    if (looks.incrementAndGet() > 1) {
                        try {
                            answers.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                    }
                    return view(looks.get());
                },
                () -> NOW,
                Duration.ofMillis(1));
        while (watch.see(pool, OPEN).chunks() != 1) {
            Thread.onSpinWait(); // the first look may take longer than the patience
        }

        for (int i = 0; i < 3; i++) {
            PoolView silent = watch.see(pool, OPEN);
            assertThat(silent.state()).isEqualTo(PoolView.State.FAILED);
            assertThat(silent.reason()).contains("has not answered since 2026-11-21T22:00:00Z");
            assertThat(silent.chunks()).isOne();
        }
        assertThat(looks).hasValue(2);

        answers.countDown();
        while (watch.see(pool, OPEN).state() != PoolView.State.OPEN) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aPoolThatCannotBeReadIsAnError() {
        PoolWatch watch = new PoolWatch(
                of -> {
                    throw new IOException("Input/output error");
                },
                () -> NOW,
                Duration.ofSeconds(30));
        assertThatThrownBy(() -> watch.see(pool, OPEN))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Input");
    }
}
