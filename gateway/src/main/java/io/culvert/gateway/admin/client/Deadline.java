package io.culvert.gateway.admin.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Closes a channel that nobody has cancelled in time, since a Unix socket's reads have no timeout of their own. */
final class Deadline {
    /** Never comes. */
    static final Deadline NONE = new Deadline(Duration.ZERO);

    private final Duration limit;
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private volatile boolean expired;

    private Deadline(Duration limit) {
        this.limit = limit;
    }

    static Deadline closing(SocketChannel channel, Duration limit) {
        Deadline deadline = new Deadline(limit);
        Thread.ofVirtual().name("deadline").start(() -> deadline.watch(channel));
        return deadline;
    }

    /** What it means that the channel failed. */
    IOException explained(IOException e) {
        return expired ? new LateAnswerException(limit, e) : e;
    }

    void cancel() {
        cancelled.countDown();
    }

    private void watch(SocketChannel channel) {
        try {
            if (!cancelled.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                expired = true;
                channel.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
