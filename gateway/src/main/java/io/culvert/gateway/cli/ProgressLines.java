package io.culvert.gateway.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** One line whenever the state changes, and every ten seconds; entries come and go too fast for it. */
final class ProgressLines implements ProgressDisplay {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

    private final PrintStream out;
    private final String title;
    private final LongSupplier tickerNanos;
    private String lastState = "";
    private long lastNanos;

    ProgressLines(PrintStream out, String title, LongSupplier tickerNanos) {
        this.out = out;
        this.title = title;
        this.tickerNanos = tickerNanos;
    }

    @Override
    public void update(long doneBytes, Optional<Long> totalBytes, double bytesPerSecond, String state, String current) {
        long now = tickerNanos.getAsLong();
        if (state.equals(lastState) && now - lastNanos < INTERVAL_NANOS) {
            return;
        }
        lastState = state;
        lastNanos = now;
        out.println(title + ": " + state + ", " + Words.bytes(doneBytes)
                + totalBytes.map(total -> " of " + Words.bytes(total)).orElse("")
                + rate(doneBytes, totalBytes, bytesPerSecond));
    }

    private static String rate(long doneBytes, Optional<Long> totalBytes, double bytesPerSecond) {
        if (bytesPerSecond < 1) {
            return "";
        }
        String eta = totalBytes
                .map(total -> ", " + Words.seconds((long) ((total - doneBytes) / bytesPerSecond)) + " left")
                .orElse("");
        return ", " + Words.rate(bytesPerSecond) + eta;
    }

    @Override
    public void close() {
        out.flush();
    }
}
