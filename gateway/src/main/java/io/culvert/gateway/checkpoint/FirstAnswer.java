package io.culvert.gateway.checkpoint;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What etcd said first of whether this store may be worked with, for whoever is about to start; and the newest such answer. Thread-safe. */
final class FirstAnswer {
    private final int members;
    private final AtomicInteger silent = new AtomicInteger();
    private final CountDownLatch asked = new CountDownLatch(1);
    private volatile @Nullable MarkedStoreException marked;

    /** @param members how many of them are asked */
    FirstAnswer(int members) {
        this.members = members;
    }

    /** The store may be worked with, or cannot be believed. */
    void unmarked() {
        marked = null;
        asked.countDown();
    }

    /** It may not; returns whether that was the first answer, which whoever starts passes on. */
    boolean marked(MarkedStoreException why) {
        boolean isFirst = asked.getCount() > 0;
        marked = why;
        asked.countDown();
        return isFirst;
    }

    /** A member did not answer; when none did, nobody need wait. */
    void silent() {
        if (silent.incrementAndGet() >= members) {
            asked.countDown();
        }
    }

    /**
     * Waits for an answer, but not for an etcd that is away.
     *
     * @throws MarkedStoreException if the store may not be worked with
     */
    void require(Duration patience) throws MarkedStoreException {
        try {
            if (!asked.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                return; // whatever is to be said is said later
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        MarkedStoreException found = marked;
        if (found != null) {
            throw found;
        }
    }
}
