package io.culvert.gateway.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Counts what is read and tells it a few times a second. */
final class CountedInput extends FilterInputStream {
    private static final long INTERVAL_NANOS = Duration.ofMillis(250).toNanos();

    /** Hears of bytes read so far and of the mean rate. */
    @FunctionalInterface
    interface Listener {
        void read(long bytes, double bytesPerSecond);
    }

    private final LongSupplier tickerNanos;
    private final Listener listener;
    private final Runnable atClose;
    private final long startNanos;
    private long toldNanos;
    private long count;

    CountedInput(InputStream in, LongSupplier tickerNanos, Listener listener, Runnable atClose) {
        super(in);
        this.atClose = atClose;
        this.tickerNanos = tickerNanos;
        this.listener = listener;
        this.startNanos = tickerNanos.getAsLong();
        this.toldNanos = startNanos;
    }

    @Override
    public int read() throws IOException {
        int b = super.read();
        add(b < 0 ? 0 : 1);
        return b;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = super.read(target, offset, length);
        add(Math.max(read, 0));
        return read;
    }

    @Override
    public void close() throws IOException {
        atClose.run();
        super.close();
    }

    private void add(int bytes) {
        count += bytes;
        long now = tickerNanos.getAsLong();
        if (now - toldNanos >= INTERVAL_NANOS) {
            toldNanos = now;
            listener.read(count, count * 1e9 / (now - startNanos));
        }
    }
}
