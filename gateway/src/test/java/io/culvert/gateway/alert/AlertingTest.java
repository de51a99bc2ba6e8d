package io.culvert.gateway.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.Webhook;
import io.culvert.siteconfig.Alerts;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people are told, with channels that are really there and a clock that is set by hand. */
final class AlertingTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Alarm POOL = Alarm.own("pool:main", "full", "pool main: it is full");

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private final List<String> local = new CopyOnWriteArrayList<>();
    private volatile Instant now = Samples.NOW;

    @SuppressWarnings("NullAway.Init") // set by start
    private Webhook webhook;

    @BeforeEach
    void start() throws IOException {
        webhook = new Webhook();
    }

    @AfterEach
    void stop() {
        webhook.close();
    }

    private Alerting open(Alerts alerts) {
        Alerting.Surroundings around = new Alerting.Surroundings(
                directory,
                Samples.ORIGIN,
                message -> local.add(new String(message, StandardCharsets.UTF_8)),
                () -> now,
                () -> Duration.between(Samples.NOW, now).toNanos(),
                new Random(1));
        return new Alerting(around, alerts, AlarmWatch.Times.USUAL, List.of());
    }

    private Alerts hook() {
        return new Alerts(
                Optional.of(new Alerts.Webhook.Plain(URI.create(webhook.url()), Optional.empty())),
                Optional.empty(),
                Optional.empty());
    }

    private Alerts both() {
        return new Alerts(hook().webhook(), Optional.empty(), Optional.of(new Alerts.Syslog.Local()));
    }

    /** The pool is full for so long that it is told. */
    private void fill(Alerting alerting) {
        alerting.look(new Sight(List.of(POOL), alerting.unsure()), true);
        later(Duration.ofSeconds(30));
        alerting.look(new Sight(List.of(POOL), alerting.unsure()), true);
    }

    private void later(Duration passed) {
        now = now.plus(passed);
    }

    @Test
    void tellsByEveryChannel() throws Exception {
        try (Alerting alerting = open(both())) {
            fill(alerting);
            Await.until(
                    "both have it",
                    SOON,
                    () -> local.size() == 1 && webhook.posted().size() == 1);
            assertThat(local.getFirst()).endsWith("site seoul raised: pool main: it is full");
            assertThat(alerting.since("pool:main")).contains(Samples.NOW);
        }
    }

    @Test
    void whatNobodyTookIsSentByTheNextRunAndNothingTwice() throws Exception {
        webhook.answer(503);
        try (Alerting alerting = open(hook())) {
            fill(alerting);
            Await.until(
                    "it failed",
                    SOON,
                    () -> !alerting.channels().getFirst().trouble().isEmpty());
        }
        webhook.answer(200);
        try (Alerting alerting = open(hook())) {
            Await.until("it is taken", SOON, () -> webhook.posted().size() == 1);
            Await.until(
                    "it is noted", SOON, () -> alerting.channels().getFirst().waiting() == 0);
            alerting.look(new Sight(List.of(POOL), alerting.unsure()), true);
        }
        try (Alerting alerting = open(hook())) {
            later(Duration.ofSeconds(60));
            alerting.look(new Sight(List.of(POOL), alerting.unsure()), true);
            alerting.look(new Sight(List.of(), alerting.unsure()), true);
            later(Duration.ofSeconds(30));
            alerting.look(new Sight(List.of(), alerting.unsure()), true);
            Await.until(
                    "its end is told",
                    SOON,
                    () -> webhook.last("pool:main", "cleared").isPresent());
            assertThat(webhook.posted()).hasSize(2);
        }
    }

    @Test
    void aChannelThatIsAddedIsToldWhatStands() throws Exception {
        try (Alerting alerting = open(hook())) {
            fill(alerting);
            Await.until("the webhook has it", SOON, () -> webhook.posted().size() == 1);
            alerting.use(both());
            Await.until("syslog has it", SOON, () -> local.size() == 1);
            alerting.use(hook());
            assertThat(alerting.channels()).extracting(ChannelState::kind).containsExactly("webhook");
            assertThat(webhook.posted()).as("it was told before").hasSize(1);
        }
    }

    @Test
    void aDirectoryThatTakesNoFileKeepsNothingBack() throws Exception {
        Files.createDirectory(directory.resolve(".alerts.json.new")); // where the file would be written
        try (Alerting alerting = open(hook())) {
            fill(alerting);
            Await.until("it is taken", SOON, () -> webhook.posted().size() == 1);
        }
        assertThat(directory.resolve(AlertBook.FILE)).doesNotExist();
    }

    @Test
    void aBookThatCannotBeReadIsBegunAnew() throws Exception {
        Files.writeString(directory.resolve(AlertBook.FILE), "{\"told\": [{\"ala");
        try (Alerting alerting = open(hook())) {
            fill(alerting);
            Await.until("it is taken", SOON, () -> webhook.posted().size() == 1);
        }
        assertThat(new AlertBook(directory).read().told())
                .extracting(AlarmWatch.Told::alarm)
                .containsExactly("pool:main");
    }

    @Test
    void aChannelThatFailsForAMinuteIsAnAlarmThatItIsNotToldItself() throws Exception {
        webhook.answer(503);
        try (Alerting alerting = open(both())) {
            fill(alerting);
            Await.until(
                    "it failed",
                    SOON,
                    () -> alerting.channels().stream()
                            .anyMatch(channel -> !channel.trouble().isEmpty()));
            assertThat(alerting.own()).isEmpty();
            later(Duration.ofSeconds(61));
            List<Alarm> own = alerting.own();
            assertThat(own).extracting(Alarm::id).containsExactly("alerts:webhook");
            alerting.look(new Sight(List.of(POOL, own.getFirst()), alerting.unsure()), true);
            later(Duration.ofSeconds(30));
            alerting.look(new Sight(List.of(POOL, own.getFirst()), alerting.unsure()), true);
            Await.until("syslog is told", SOON, () -> local.size() == 2);
            assertThat(local.getLast()).contains("alerts: webhook has taken none since");
            assertThat(alerting.channels().getFirst().waiting()).isEqualTo(1);
        }
    }
}
