package io.culvert.gateway.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar with rate, time left and, where there is room for it, the entry at hand; never wider than its terminal. */
final class ProgressBarDisplay implements ProgressDisplay {
    private static final int INTERVAL_MILLIS = 250;

    /** Of the bar itself with its figures; what is left of the line may be the entry's. */
    private static final int BAR_COLUMNS = 60;

    private final String title;
    private final IntSupplier columns;
    private final ProgressBar bar;
    private volatile Optional<Duration> left = Optional.empty();

    /** @param columns of the terminal at the moment */
    ProgressBarDisplay(PrintStream out, String title, IntSupplier columns) {
        this.title = title;
        this.columns = columns;
        this.bar = new ProgressBarBuilder()
                .setTaskName(title)
                .setInitialMax(-1)
                .setUnit("MiB", 1 << 20)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(INTERVAL_MILLIS)
                .setConsumer(new ConsoleProgressBarConsumer(out, lineColumns()) {
                    @Override
                    public int getMaxRenderedLength() {
                        return lineColumns();
                    }
                })
                .setEtaFunction(ignored -> left)
                .build();
    }

    /** One less than there are: in the last one many terminals begin a new line. */
    private int lineColumns() {
        return Math.max(1, columns.getAsInt() - 1);
    }

    @Override
    public void update(long doneBytes, Optional<Long> totalBytes, double bytesPerSecond, String state, String current) {
        left = totalBytes
                .filter(total -> bytesPerSecond >= 1)
                .map(total -> Duration.ofSeconds((long) ((total - doneBytes) / bytesPerSecond)));
        bar.maxHint(totalBytes.orElse(-1L));
        bar.stepTo(doneBytes);
        bar.setExtraMessage(message(" " + Words.rate(bytesPerSecond) + " " + state, current));
    }

    private String message(String facts, String current) {
        int room = lineColumns() - BAR_COLUMNS - Columns.of(title) - Columns.of(facts) - 1;
        String name = Columns.tail(current, room);
        return name.isEmpty() ? facts : facts + " " + name;
    }

    @Override
    public void close() {
        bar.close();
    }
}
