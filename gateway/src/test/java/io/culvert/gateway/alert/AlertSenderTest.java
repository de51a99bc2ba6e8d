package io.culvert.gateway.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class AlertSenderTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private volatile Instant now = Samples.NOW;
    private final AtomicInteger changes = new AtomicInteger();
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
        public void send(Alert alert) throws IOException {
            tries.incrementAndGet();
            String trouble = troubles.poll();
            if ("bug".equals(trouble)) {
                throw new IllegalStateException("a bug");
            }
            if (trouble != null) {
                throw new IOException(trouble);
            }
            taken.add(alert);
        }
    }

    private AlertSender sender(AlertChannel channel, List<Alert> waiting, Duration pause) {
        AlertSender sender = new AlertSender(
                "webhook",
                channel,
                waiting,
                changes::incrementAndGet,
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
            Await.until("both are taken", SOON, () -> changes.get() == 2);
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
            Await.until("it is taken", SOON, () -> changes.get() == 1);
            assertThat(good.taken).containsExactly(numbered(1));
        }
    }

    @Test
    void atMostAHundredWaitAndTheOldestIsGivenUp() throws Exception {
        Target target = new Target();
        for (int i = 0; i < 2; i++) {
            target.troubles.add("503");
        }
        List<Alert> many = new ArrayList<>();
        for (int i = 0; i < AlertSender.MOST + 20; i++) {
            many.add(numbered(i));
        }
        try (AlertSender sender = sender(target, many, Duration.ofHours(1))) {
            Await.until("it failed", SOON, () -> !sender.state().trouble().isEmpty());
            assertThat(sender.waiting()).hasSize(AlertSender.MOST).startsWith(numbered(20));
            assertThat(sender.state().dropped()).isEqualTo(20);
        }
    }

    @Test
    void whatIsADayOldIsGivenUp() throws Exception {
        Target target = new Target();
        now = Samples.NOW.plus(AlertSender.OLD).plusSeconds(1);
        Alert fresh = new Alert(Alert.Event.RAISED, "pool:2", "pool 2", Optional.empty(), now, now);
        try (AlertSender sender = sender(target, List.of(numbered(1), fresh), Duration.ZERO)) {
            Await.until("the fresh one is taken", SOON, () -> changes.get() == 1);
            assertThat(target.taken).containsExactly(fresh);
            assertThat(sender.state().dropped()).isEqualTo(1);
        }
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
