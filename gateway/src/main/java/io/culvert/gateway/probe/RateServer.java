package io.culvert.gateway.probe;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.channel.ResetCode;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;

/** The far end of a measurement through the stream: counts what comes, or sends for a limited time. Any peer may ask, one channel at a time. */
public final class RateServer {

    /** How long a side waits for what does not come, or does not go. */
    static final Duration LIMIT = Duration.ofSeconds(10);

    private final Function<String, Sent> sent;

    /**
     * What the stream to a peer has sent so far.
     *
     * @param bytes all of it
     * @param againBytes what of it was sent again
     */
    public record Sent(long bytes, long againBytes) {}

    /** @param sent to a peer so far */
    public RateServer(Function<String, Sent> sent) {
        this.sent = sent;
    }

    /** Serves one channel, for a limited time. @throws IOException if its opening makes no sense */
    public void serve(Channel channel, Slice opening) throws IOException, InterruptedException {
        int millis = RateMessage.opening(opening).millis();
        Thread limit = limit(channel);
        try {
            channel.send(RateMessage.report(
                    millis == 0 ? new RateMessage.Report(count(channel), 0) : send(channel, millis, sent)));
            channel.finish();
            if (millis != 0) {
                channel.receive(); // up to the asker's finish
            }
        } finally {
            limit.interrupt();
        }
    }

    /** Resets a channel in which nothing moves any more, which wakes who waits in it; interrupted when it is over. */
    static Thread limit(Channel channel) {
        return Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(LIMIT);
                channel.reset(ResetCode.TIMEOUT, "a measurement that takes longer than " + LIMIT.toSeconds() + " s");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static long count(Channel channel) throws StreamException, InterruptedException {
        long bytes = 0;
        for (Optional<Slice> next = channel.receive(); next.isPresent(); next = channel.receive()) {
            bytes += next.get().length();
            channel.recycle(next.get());
        }
        return bytes;
    }

    /** Sends for so long; how much it was, and its part of what the stream sent again meanwhile. */
    static RateMessage.Report send(Channel channel, int millis, Function<String, Sent> sent)
            throws StreamException, InterruptedException {
        Sent before = sent.apply(channel.peer());
        byte[] noise = new byte[RateMessage.PIECE_BYTES];
        new SplittableRandom(RateMessage.PIECE_BYTES).nextBytes(noise); // for what compresses on the line
        Slice piece = Slice.of(noise);
        long untilNanos = System.nanoTime() + millis * 1_000_000L;
        long bytes = 0;
        while (System.nanoTime() < untilNanos && bytes < RateMessage.MAX_BYTES) {
            channel.send(piece);
            bytes += piece.length();
        }
        Sent after = sent.apply(channel.peer());
        double again = Math.max(0, after.againBytes() - before.againBytes());
        long all = Math.max(bytes, after.bytes() - before.bytes()); // whatever else the stream carried lost some of it
        return new RateMessage.Report(bytes, all == 0 ? 0 : Math.round(again * bytes / all));
    }
}
