package io.culvert.gateway.stream;

import io.culvert.proto.frame.Frame;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How fast one side sends: a token bucket over the bytes of the TCP connection.
 *
 * <p>Everything is charged; only bulk waits. Urgent and control frames go at once and leave a debt that bulk pays, so
 * that the sum keeps the limit and nothing small is starved. The limit is asked again every 100 ms. Owned by the lock
 * of its link.
 */
final class Throttle {

    /** How old an answer of the limit may be. */
    static final long ASK_AGAIN_NANOS = 100_000_000;

    /** The bucket holds what flows in this time. */
    private static final long BURSTS_A_SECOND = 20;

    /** A fragment takes no longer than this part of a second. */
    private static final long FRAGMENTS_A_SECOND = 50;

    private static final long MAX_TOKENS_A_SECOND = 500_000_000;
    private static final int HTTP2_FRAME_BYTES = 16 << 10;
    private static final int MESSAGE_OVERHEAD_BYTES = 20;
    private static final int FRAME_OVERHEAD_BYTES = 9 + 22;

    private final SendLimit limit;
    private final LongSupplier ticker;
    private long askedNanos;
    private long bytesPerSecond = SendLimit.UNLIMITED;
    private long bytesPerToken = 1;
    private long unchargedBytes;
    private @Nullable Bucket bucket;

    Throttle(SendLimit limit, LongSupplier ticker) {
        this.limit = limit;
        this.ticker = ticker;
        this.askedNanos = ticker.getAsLong() - ASK_AGAIN_NANOS;
    }

    /** How long bulk has to wait; 0 if it may go now. Never longer than until the limit is asked again. */
    long waitNanos() {
        ask();
        if (bytesPerSecond == 0) {
            return ASK_AGAIN_NANOS;
        }
        if (bucket == null) {
            return 0;
        }
        return Math.min(bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill(), ASK_AGAIN_NANOS);
    }

    /** The longest bulk payload that does not hold up what comes behind it. */
    int maxPayloadBytes() {
        return (int) Math.min(bytesPerSecond / FRAGMENTS_A_SECOND, Frame.MAX_PAYLOAD_BYTES);
    }

    /** A frame was handed to the transport. */
    void sent(Frame frame) {
        if (bucket != null) {
            unchargedBytes += wireBytes(frame.payload().length());
            bucket.consumeIgnoringRateLimits(Math.max(1, unchargedBytes / bytesPerToken));
            unchargedBytes %= bytesPerToken;
        }
    }

    /** What a frame with this payload is on the wire, with its headers, gRPC's, those of HTTP/2 and of TLS. */
    static long wireBytes(int payloadBytes) {
        int message = payloadBytes + MESSAGE_OVERHEAD_BYTES;
        int frames = (message + HTTP2_FRAME_BYTES - 1) / HTTP2_FRAME_BYTES;
        return message + (long) frames * FRAME_OVERHEAD_BYTES;
    }

    private void ask() {
        long now = ticker.getAsLong();
        if (now - askedNanos < ASK_AGAIN_NANOS) {
            return;
        }
        askedNanos = now;
        long asked = Math.max(0, limit.bytesPerSecond());
        if (asked != bytesPerSecond) {
            bytesPerSecond = asked;
            bucket = asked == 0 || asked == SendLimit.UNLIMITED ? null : bucket(asked);
        }
    }

    private Bucket bucket(long rate) {
        // The bucket gains at most a token each nanosecond, so that a token is worth more at high rates.
        bytesPerToken = 1 + rate / MAX_TOKENS_A_SECOND;
        unchargedBytes = 0;
        long tokensPerSecond = Math.max(rate / bytesPerToken, 1);
        return Bucket.builder()
                .addLimit(bandwidth -> bandwidth
                        .capacity(Math.max(tokensPerSecond / BURSTS_A_SECOND, 1))
                        .refillGreedy(tokensPerSecond, Duration.ofSeconds(1))
                        .initialTokens(0))
                .withCustomTimePrecision(new Ticks(ticker))
                .build();
    }

    private record Ticks(LongSupplier ticker) implements TimeMeter {

        @Override
        public long currentTimeNanos() {
            return ticker.getAsLong();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
