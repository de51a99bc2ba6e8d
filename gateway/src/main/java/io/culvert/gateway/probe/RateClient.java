package io.culvert.gateway.probe;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.PeerDownException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Measures how fast bytes go through the stream, first there, then back; whatever else the stream carries goes on beside it. */
public final class RateClient {

    private static final int MILLIS = 1_500;
    private static final Duration LIMIT = RateServer.LIMIT;

    /** Opens a channel to the peer. */
    public interface Opener {
        Channel open(Slice opening) throws PeerDownException;
    }

    private RateClient() {}

    /**
     * Measures for some three seconds.
     *
     * @param sent to a peer so far
     * @throws IOException if the stream is lost, or the peer's version does not measure
     */
    public static ProbePlan.Throughput measure(
            Opener opener, Function<String, RateServer.Sent> sent, double roundTripMillis)
            throws IOException, InterruptedException {
        try {
            Rate there = there(opener, sent);
            Rate back = back(opener);
            return new ProbePlan.Throughput(
                    there.perSecond(), back.perSecond(), there.lossPercent(), back.lossPercent(), roundTripMillis);
        } catch (TimeoutException e) {
            throw new IOException("the peer did not report within " + LIMIT.toSeconds() + " s", e);
        }
    }

    private record Rate(double perSecond, double lossPercent) {
        static Rate of(long bytes, long againBytes, long nanos) {
            return new Rate(
                    bytes / Math.max(1e-3, nanos / 1e9),
                    bytes == 0 ? 0 : Math.min(100, 100.0 * againBytes / (bytes + againBytes)));
        }
    }

    private static Rate there(Opener opener, Function<String, RateServer.Sent> sent)
            throws IOException, InterruptedException, TimeoutException {
        try (Channel channel = opener.open(RateMessage.opening(0))) {
            long sinceNanos = System.nanoTime();
            RateMessage.Report mine = send(channel, sent);
            channel.finish();
            Slice last = channel.receive(LIMIT).orElseThrow(() -> new IOException("the peer did not report"));
            long nanos = System.nanoTime() - sinceNanos;
            channel.receive(LIMIT); // its finish
            return Rate.of(RateMessage.report(last).bytes(), mine.againBytes(), nanos);
        }
    }

    private static RateMessage.Report send(Channel channel, Function<String, RateServer.Sent> sent)
            throws IOException, InterruptedException {
        Thread limit = RateServer.limit(channel);
        try {
            return RateServer.send(channel, MILLIS, sent);
        } finally {
            limit.interrupt();
        }
    }

    private static Rate back(Opener opener) throws IOException, InterruptedException, TimeoutException {
        try (Channel channel = opener.open(RateMessage.opening(MILLIS))) {
            long sinceNanos = System.nanoTime();
            long bytes = 0;
            for (Optional<Slice> next = channel.receive(LIMIT); next.isPresent(); next = channel.receive(LIMIT)) {
                if (RateMessage.isReport(next.get())) {
                    Rate rate =
                            Rate.of(bytes, RateMessage.report(next.get()).againBytes(), System.nanoTime() - sinceNanos);
                    channel.finish();
                    return rate;
                }
                bytes += next.get().length();
                channel.recycle(next.get());
                if (bytes > RateMessage.MAX_BYTES + RateMessage.PIECE_BYTES
                        || System.nanoTime() - sinceNanos > LIMIT.toNanos()) {
                    throw new IOException("the peer sends for longer than it was asked to");
                }
            }
            throw new IOException("the peer did not report");
        }
    }
}
