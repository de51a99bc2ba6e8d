package io.culvert.gateway.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class AlertSenderTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final AtomicInteger emptied = new AtomicInteger();
    private volatile Instant now = Samples.NOW;
    private final List<Integer> pauses = new CopyOnWriteArrayList<>();

    /** A channel that fails as often as it is told. */
    private static final class Target implements AlertChannel {
        private final ConcurrentLinkedQueue<String> troubles = new ConcurrentLinkedQueue<>();
        private final List<Alert> taken = new CopyOnWriteArrayList<>();
        private final AtomicInteger tries = new AtomicInteger();

        @Override
        public String target() {
            return "target";
        }

        @Override
        public Optional<String> send(Alert alert, Cut cut) throws IOException {
            tries.incrementAndGet();
            String trouble = troubles.poll();
            if ("bug".equals(trouble)) {
                throw new IllegalStateException("a bug");
            }
            if ("error".equals(trouble)) {
                throw new LinkageError("a library is missing");
            }
            if ("refused".equals(trouble)) {
                throw new RefusedAlertException("it is not wanted");
            }
            if (trouble != null) {
                throw new IOException(trouble);
            }
            taken.add(alert);
            return Optional.empty();
        }
    }

    private AlertSender sender(AlertChannel channel, List<Alert> waiting, Duration pause) {
        AlertSender sender = new AlertSender(
                "webhook",
                channel,
                waiting,
                emptied::incrementAndGet,
                failures -> {
                    pauses.add(failures);
                    return pause;
                },
                () -> now);
        sender.start();
        return sender;
    }

    private static Alert numbered(int number) {
        return new Alert(
                Alert.Event.RAISED, "pool:" + number, "pool " + number, Optional.empty(), Samples.NOW, Samples.NOW);
    }

    @Test
    void sendsInOrderAndTriesAgainUntilItIsTaken() throws Exception {
        Target target = new Target();
        target.troubles.addAll(List.of("503", "bug", "503"));
        try (AlertSender sender = sender(target, List.of(numbered(1)), Duration.ZERO)) {
            sender.offer(numbered(2));
            Await.until("both are taken", SOON, () -> sender.waiting().isEmpty());
            Await.until("that is told", SOON, () -> emptied.get() == 1);
            assertThat(sender.hasChanged()).isTrue();
            assertThat(sender.hasChanged()).isFalse();
            assertThat(target.taken).containsExactly(numbered(1), numbered(2));
            assertThat(pauses).containsExactly(1, 2, 3);
            assertThat(sender.state())
                    .isEqualTo(new ChannelState(
                            "webhook", "target", Optional.of(Samples.NOW), Optional.empty(), "", 0, 0));
        }
    }

    @Test
    void saysSinceWhenItFailsAndWhy() throws Exception {
        Target target = new Target();
        target.troubles.add("503");
        try (AlertSender sender = sender(target, List.of(numbered(1)), Duration.ofHours(1))) {
            Await.until("it failed", SOON, () -> !sender.state().trouble().isEmpty());
            assertThat(sender.state().failingSince()).contains(Samples.NOW);
            assertThat(sender.state().trouble()).isEqualTo("503");
            assertThat(sender.waiting()).containsExactly(numbered(1));
        }
    }

    @Test
    void anotherChannelIsTriedAtOnceWhateverThePauseOfTheFormer() throws Exception {
        Target bad = new Target();
        bad.troubles.add("no such host");
        Target good = new Target();
        try (AlertSender sender = sender(bad, List.of(numbered(1)), Duration.ofHours(1))) {
            Await.until("it failed", SOON, () -> !sender.state().trouble().isEmpty());
            sender.use(good);
            Await.until("it is taken", SOON, () -> good.taken.size() == 1);
            assertThat(good.taken).containsExactly(numbered(1));
        }
    }

    @Test
    void whatIsRefusedHoldsUpNothingAndIsCounted() throws Exception {
        Target target = new Target();
        target.troubles.add("refused");
        try (AlertSender sender = sender(target, List.of(numbered(1), numbered(2)), Duration.ofHours(1))) {
            Await.until("the second is taken", SOON, () -> target.taken.contains(numbered(2)));
            assertThat(target.taken).containsExactly(numbered(2));
            assertThat(sender.state().dropped()).isEqualTo(1);
        }
    }

    @Test
    void whoSeesThatItWorksHasWhatWaitsTriedAtOnce() throws Exception {
        Target target = new Target();
        target.troubles.add("503");
        try (AlertSender sender = sender(target, List.of(numbered(1)), Duration.ofHours(1))) {
            Await.until("it failed", SOON, () -> !sender.state().trouble().isEmpty());
            sender.works();
            Await.until("it is taken", SOON, () -> target.taken.size() == 1);
        }
    }

    @Test
    void anErrorEndsNoSender() throws Exception {
        Target target = new Target();
        target.troubles.add("error");
        try (AlertSender sender = sender(target, List.of(numbered(1)), Duration.ZERO)) {
            Await.until("it is taken", SOON, () -> target.taken.size() == 1);
        }
    }

    @Test
    @Timeout(60)
    void itsEndCutsOffWhatHangs() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch cut = new CountDownLatch(1);
        AlertChannel hangs = new AlertChannel() {
            @Override
            public String target() {
                return "target";
            }

            @Override
            public Optional<String> send(Alert alert, Cut limit) throws IOException {
                limit.closes(cut::countDown);
                begun.countDown();
                while (cut.getCount() > 0) {
                    LockSupport.parkNanos(1_000_000); // as a socket does, it takes no notice of an interrupt
                    Thread.interrupted();
                }
                throw new IOException("closed");
            }
        };
        AlertSender sender = sender(hangs, List.of(numbered(1)), Duration.ofHours(1));
        begun.await();
        sender.close();
        assertThat(cut.getCount()).isZero();
        assertThat(sender.waiting()).containsExactly(numbered(1));
    }

    @Test
    void pausesGrowToFiveMinutesGiveOrTakeAFifth() {
        AlertSender.Pauses growing = AlertSender.Pauses.growing(new Random(1));
        for (int failures = 1; failures < 200; failures++) {
            long usual = Math.min(5_000L << Math.min(failures - 1, 20), 300_000);
            assertThat(growing.after(failures).toMillis())
                    .as("after %d", failures)
                    .isBetween(usual * 8 / 10, usual * 12 / 10);
        }
    }
}
