package io.culvert.gateway.alert;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends an alert that says that nothing is wrong by all channels at once. */
public final class AlertTrial {

    private static final Logger LOG = LoggerFactory.getLogger(AlertTrial.class);

    /** How long all of it may take: less than whoever asked waits for an answer. */
    private static final Duration LIMIT = Duration.ofSeconds(50);

    private final InstantSource clock;
    private final LongSupplier ticker;

    AlertTrial(InstantSource clock, LongSupplier ticker) {
        this.clock = clock;
        this.ticker = ticker;
    }

    /**
     * What came of it.
     *
     * @param kind webhook, mail or syslog
     * @param target where it went, without a secret
     * @param taken whether the other side took it
     * @param why it did not; or, if it did, what is to be known all the same
     */
    public record Result(String kind, String target, boolean taken, String why, Duration took) {}

    /** @param channels by kind; used by nobody else */
    List<Result> run(Map<String, AlertChannel> channels) throws InterruptedException {
        Instant now = clock.instant();
        Alert alert = new Alert(
                Alert.Event.TEST, "test", "this is a test of alerts; nothing is wrong", Optional.empty(), now, now);
        List<Future<Result>> running = new ArrayList<>();
        List<Result> results = new ArrayList<>();
        ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().daemon().name("alert-trial").factory());
        try {
            channels.forEach((kind, channel) -> running.add(threads.submit(() -> test(kind, channel, alert))));
            for (Future<Result> one : running) {
                results.add(one.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a test of alerts failed by a bug", e.getCause());
        } finally {
            threads.shutdownNow();
        }
        return results;
    }

    private Result test(String kind, AlertChannel channel, Alert alert) throws InterruptedException {
        long begun = ticker.getAsLong();
        String trouble = "";
        String remark = "";
        try (Cut cut = new Cut(LIMIT)) {
            try {
                remark = channel.send(alert, cut).orElse("");
            } catch (IOException e) {
                trouble = String.valueOf(cut.explained(e).getMessage());
            }
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).addKeyValue("channel", kind).log("a bug: a test of alerts could not be sent");
            trouble = "a bug of the gateway: " + e;
        }
        boolean taken = trouble.isEmpty();
        return new Result(
                kind,
                channel.target(),
                taken,
                AlertText.line(taken ? remark : trouble),
                Duration.ofNanos(ticker.getAsLong() - begun));
    }
}
