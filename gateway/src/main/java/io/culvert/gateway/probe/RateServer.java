package io.culvert.gateway.probe;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;
import java.io.IOException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;

/** The far end of a measurement through the stream: counts what comes, or sends for a limited time. Any peer may ask, one channel at a time. */
public final class RateServer {

    private final ToLongFunction<String> again;

    /** @param again how many bytes the stream to a peer has sent again so far */
    public RateServer(ToLongFunction<String> again) {
        this.again = again;
    }

    /** Serves one channel. @throws IOException if its opening makes no sense */
    public void serve(Channel channel, Slice opening) throws IOException, InterruptedException {
        int millis = RateMessage.opening(opening).millis();
        if (millis == 0) {
            channel.send(RateMessage.report(new RateMessage.Report(count(channel), 0)));
        } else {
            channel.send(RateMessage.report(send(channel, millis, again)));
        }
        channel.finish();
        if (millis != 0) {
            channel.receive(); // up to the asker's finish
        }
    }

    private static long count(Channel channel) throws StreamException, InterruptedException {
        long bytes = 0;
        for (Optional<Slice> next = channel.receive(); next.isPresent(); next = channel.receive()) {
            bytes += next.get().length();
            channel.recycle(next.get());
        }
        return bytes;
    }

    /** Sends for so long; how much it was, and how much the stream sent again meanwhile. */
    static RateMessage.Report send(Channel channel, int millis, ToLongFunction<String> again)
            throws StreamException, InterruptedException {
        long before = again.applyAsLong(channel.peer());
        byte[] noise = new byte[RateMessage.PIECE_BYTES];
        new SplittableRandom(RateMessage.PIECE_BYTES).nextBytes(noise); // for what compresses on the line
        Slice piece = Slice.of(noise);
        long untilNanos = System.nanoTime() + millis * 1_000_000L;
        long bytes = 0;
        while (System.nanoTime() < untilNanos && bytes < RateMessage.MAX_BYTES) {
            channel.send(piece);
            bytes += piece.length();
        }
        return new RateMessage.Report(bytes, Math.max(0, again.applyAsLong(channel.peer()) - before));
    }
}
