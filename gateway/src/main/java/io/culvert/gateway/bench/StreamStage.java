package io.culvert.gateway.bench;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.cli.LocalWork.BenchFigure;
import io.culvert.gateway.cli.LocalWork.BenchListener;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.channel.ChannelKind;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures the stream between two sites: how fast bulk arrives in one channel, and how long a small urgent message takes
 * there and back while that channel is kept full. Both ends run on this machine's processors, so that either figure
 * contains the work of two gateways.
 */
final class StreamStage {

    private static final int MESSAGE_BYTES = 256 << 10;
    private static final int URGENT_BYTES = 64;
    private static final int MAX_ROUND_TRIPS = 100_000;
    private static final long SEED = 20_261_121;

    private final BenchSites sites;
    private final Duration warm;
    private final Duration measured;
    private final AtomicLong receivedBytes = new AtomicLong();

    /**
     * @param warm how long bulk is sent before anything is measured
     * @param measured how long each of the two figures is measured
     */
    StreamStage(BenchSites sites, Duration warm, Duration measured) {
        this.sites = sites;
        this.warm = warm;
        this.measured = measured;
    }

    /** Measures both and tells them. @throws IOException if the stream breaks */
    void run(BenchListener listener) throws IOException, InterruptedException {
        sites.serve(ChannelKind.REPLICATION, (channel, opening) -> drain(channel));
        sites.serve(ChannelKind.CONTROL, (channel, opening) -> echo(channel));
        AtomicBoolean enough = new AtomicBoolean();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
                Channel bulk = sites.open(ChannelKind.REPLICATION);
                Channel small = sites.open(ChannelKind.CONTROL)) {
            Future<?> sender = executor.submit(() -> {
                send(bulk, enough);
                return null;
            });
            try {
                Thread.sleep(warm);
                BenchFigure rate = rate();
                BenchFigure roundTrip = roundTrip(small);
                enough.set(true);
                sender.get();
                listener.measured(rate);
                listener.measured(roundTrip);
            } finally {
                enough.set(true);
            }
        } catch (ExecutionException e) {
            throw new IOException("bulk could not be sent: " + e.getCause(), e);
        }
    }

    private BenchFigure rate() throws InterruptedException {
        long startBytes = receivedBytes.get();
        long startNanos = System.nanoTime();
        Thread.sleep(measured);
        long bytes = receivedBytes.get() - startBytes;
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        return new BenchFigure.Rate("stream, both ends", bytes / seconds, bytes, seconds);
    }

    private BenchFigure roundTrip(Channel channel) throws StreamException, InterruptedException {
        Slice message = Slice.of(new byte[URGENT_BYTES]);
        long[] nanos = new long[MAX_ROUND_TRIPS];
        int count = 0;
        long startNanos = System.nanoTime();
        do {
            long sentNanos = System.nanoTime();
            channel.sendUrgent(message);
            channel.receive().ifPresent(channel::recycle);
            nanos[count++] = System.nanoTime() - sentNanos;
        } while (count < MAX_ROUND_TRIPS && System.nanoTime() - startNanos < measured.toNanos());
        Arrays.sort(nanos, 0, count);
        return new BenchFigure.RoundTrip(
                "round trip under bulk", nanos[count / 2] / 1e6, nanos[count * 99 / 100] / 1e6, count);
    }

    private static void send(Channel channel, AtomicBoolean enough) throws StreamException, InterruptedException {
        byte[] bytes = new byte[MESSAGE_BYTES];
        new SplittableRandom(SEED).nextBytes(bytes);
        while (!enough.get()) {
            channel.send(Slice.of(bytes));
        }
        channel.finish();
    }

    private void drain(Channel channel) throws StreamException, InterruptedException {
        Optional<Slice> message;
        while ((message = channel.receive()).isPresent()) {
            receivedBytes.addAndGet(message.get().length());
            channel.recycle(message.get());
        }
        channel.finish();
    }

    private static void echo(Channel channel) throws StreamException, InterruptedException {
        Optional<Slice> message;
        while ((message = channel.receive()).isPresent()) {
            channel.sendUrgent(message.get());
            channel.recycle(message.get());
        }
        channel.finish();
    }
}
