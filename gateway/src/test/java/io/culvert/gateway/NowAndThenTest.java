package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class NowAndThenTest {

    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Logger LOG = (Logger) LoggerFactory.getLogger(NowAndThen.class);

    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        logged.start();
        LOG.addAppender(logged);
    }

    @AfterEach
    void stopListening() {
        LOG.detachAppender(logged);
    }

    private static NowAndThen every(Duration pause, NowAndThen.Look look) {
        return new NowAndThen(Thread.ofVirtual().name("watch"), pause, LONG, look);
    }

    @Test
    void looksAgainAndAgain() throws Exception {
        BlockingQueue<Integer> looks = new LinkedBlockingQueue<>(3);
        AtomicInteger count = new AtomicInteger();
        try (NowAndThen watch = every(SOON, () -> looks.put(count.incrementAndGet()))) {
            watch.start();
            for (int look = 1; look <= 5; look++) {
                assertThat(looks.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(look);
            }
        }
    }

    @Test
    void aLookThatFailsByABugIsLoggedAndTheNextOneComes() throws Exception {
        CountDownLatch looks = new CountDownLatch(3);
        try (NowAndThen watch = every(SOON, () -> {
            looks.countDown();
            throw new IllegalStateException("it fell over");
        })) {
            watch.start();
            assertThat(looks.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
        assertThat(logged.list).hasSizeGreaterThanOrEqualTo(2).allSatisfy(event -> {
            assertThat(event.getFormattedMessage()).isEqualTo("a bug: watch leaves out one look");
            assertThat(event.getThrowableProxy().getMessage()).isEqualTo("it fell over");
        });
    }

    @Test
    void anInterruptEndsTheLookAtHandAndThePause() throws Exception {
        CountDownLatch inLook = new CountDownLatch(1);
        NowAndThen stuck = every(SOON, () -> {
            inLook.countDown();
            new CountDownLatch(1).await();
        });
        stuck.start();
        assertThat(inLook.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        stuck.close();
        assertThat(stuck.isAlive()).isFalse();

        CountDownLatch looked = new CountDownLatch(1);
        NowAndThen pausing = every(Duration.ofDays(1), looked::countDown);
        pausing.start();
        assertThat(looked.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        pausing.close();
        assertThat(pausing.isAlive()).isFalse();
        assertThat(logged.list).isEmpty();
    }

    @Test
    void oneThatWasNotStartedCanBeClosed() {
        every(SOON, () -> {}).close();
        assertThat(logged.list).isEmpty();
    }
}
