package io.culvert.gateway.stream;

import io.culvert.proto.channel.ResetCode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Joins a channel in one stream and a channel in another: each message that comes in one goes out in the other, as fast as both take it.
 *
 * <p>A message's credit goes back when the next stream has taken it, so that what is under way here is bounded by the two windows. How a
 * channel ends is told by whoever reads it, behind all that came before: a refusal is never overtaken by the end that follows it. Messages
 * are not told apart by urgency; kinds of channels that have urgent ones are not passed on.
 */
final class Passage {

    private final Channel one;
    private final Channel other;
    private volatile @Nullable StreamException stuckBack;

    private Passage(Channel one, Channel other) {
        this.one = one;
        this.other = other;
    }

    /** Passes on until both channels have ended; the caller closes them. */
    static void run(Channel one, Channel other) throws InterruptedException {
        new Passage(one, other).run();
    }

    private void run() throws InterruptedException {
        Thread back = Thread.ofVirtual().name("passage-" + other.peer()).start(this::back);
        try {
            StreamException stuck = pump(one, other);
            back.join();
            if (stuck != null) {
                end(one, stuck);
            }
            StreamException backStuck = stuckBack;
            if (backStuck != null) {
                end(other, backStuck);
            }
        } finally {
            back.interrupt();
        }
    }

    private void back() {
        try {
            stuckBack = pump(other, one);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the channels are closed by whoever interrupted
        }
    }

    /** Until the first channel has ended, which the second is told; returns why the second takes no more, if that came first. */
    private static @Nullable StreamException pump(Channel from, Channel to) throws InterruptedException {
        while (true) {
            Optional<Channel.Received> next;
            try {
                next = from.take();
            } catch (StreamException e) {
                end(to, e);
                return null;
            }
            if (next.isEmpty()) {
                to.finish();
                return null;
            }
            try {
                to.send(next.get().bytes());
            } catch (StreamException e) {
                return e;
            }
            from.recycle(next.get().bytes());
            next.get().consumed();
        }
    }

    private static void end(Channel channel, StreamException why) {
        if (why instanceof ChannelResetException reset) {
            channel.reset(reset.code(), reset.reason());
        } else {
            channel.reset(ResetCode.STOPPING, String.valueOf(why.getMessage()));
        }
    }
}
