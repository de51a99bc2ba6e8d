package io.culvert.gateway.alert;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** Sends an alert that says that nothing is wrong by all channels at once. */
public final class AlertTest {

    /** How long all of it may take: less than whoever asked waits for an answer. */
    private static final Duration LIMIT = Duration.ofSeconds(50);

    private final InstantSource clock;
    private final LongSupplier ticker;

    AlertTest(InstantSource clock, LongSupplier ticker) {
        this.clock = clock;
        this.ticker = ticker;
    }

    /**
     * What came of it.
     *
     * @param kind webhook, mail or syslog
     * @param target where it went, without a secret
     * @param trouble why it was not taken; empty if it was
     */
    public record Result(String kind, String target, String trouble, Duration took) {
        public boolean taken() {
            return trouble.isEmpty();
        }
    }

    /** @param channels by kind; used by nobody else */
    List<Result> run(Map<String, AlertChannel> channels) throws InterruptedException {
        Instant now = clock.instant();
        Alert alert = new Alert(
                Alert.Event.TEST, "test", "this is a test of alerts; nothing is wrong", Optional.empty(), now, now);
        Map<String, Future<Result>> running = new LinkedHashMap<>();
        List<Result> results = new ArrayList<>();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            long begun = ticker.getAsLong();
            channels.forEach((kind, channel) -> running.put(kind, threads.submit(() -> test(kind, channel, alert))));
            for (Map.Entry<String, Future<Result>> one : running.entrySet()) {
                long leftNanos = LIMIT.toNanos() - (ticker.getAsLong() - begun);
                results.add(result(one, channels, leftNanos));
            }
        } finally {
            threads.shutdownNow();
        }
        return results;
    }

    private static Result result(
            Map.Entry<String, Future<Result>> one, Map<String, AlertChannel> channels, long leftNanos)
            throws InterruptedException {
        try {
            return one.getValue().get(leftNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            AlertChannel channel = channels.get(one.getKey());
            String target = channel == null ? "" : channel.target();
            return new Result(one.getKey(), target, "it was not taken within " + LIMIT.toSeconds() + " s", LIMIT);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a test of alerts failed by a bug", e.getCause());
        }
    }

    private Result test(String kind, AlertChannel channel, Alert alert) throws InterruptedException {
        long begun = ticker.getAsLong();
        String trouble = "";
        try {
            channel.send(alert);
        } catch (IOException e) {
            trouble = String.valueOf(e.getMessage());
        }
        return new Result(kind, channel.target(), trouble, Duration.ofNanos(ticker.getAsLong() - begun));
    }
}
