package io.culvert.gateway.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar with rate and time left. */
final class ProgressBarDisplay implements ProgressDisplay {
    private static final int WIDTH = 100;
    private static final int INTERVAL_MILLIS = 250;

    private final ProgressBar bar;
    private volatile Optional<Duration> left = Optional.empty();

    ProgressBarDisplay(PrintStream out, String title) {
        bar = new ProgressBarBuilder()
                .setTaskName(title)
                .setInitialMax(-1)
                .setUnit("MiB", 1 << 20)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(INTERVAL_MILLIS)
                .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH))
                .setEtaFunction(ignored -> left)
                .build();
    }

    @Override
    public void update(long doneBytes, Optional<Long> totalBytes, double bytesPerSecond, String state) {
        left = totalBytes
                .filter(total -> bytesPerSecond >= 1)
                .map(total -> Duration.ofSeconds((long) ((total - doneBytes) / bytesPerSecond)));
        bar.maxHint(totalBytes.orElse(-1L));
        bar.stepTo(doneBytes);
        bar.setExtraMessage(" " + Words.rate(bytesPerSecond) + " " + state);
    }

    @Override
    public void close() {
        bar.close();
    }
}
