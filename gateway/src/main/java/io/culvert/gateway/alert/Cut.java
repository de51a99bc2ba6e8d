package io.culvert.gateway.alert;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the sending of one alert when its time is up, by closing what it waits on: time-outs of sockets are of each read, and whoever sends a byte
 * now and then would hold a thread for ever. Closed when the sending is over. Thread-safe.
 */
final class Cut implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cut.class);

    private final Duration limit;
    private final CountDownLatch over = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Closeable> waitedOn = new ArrayList<>();
    private boolean isCut;

    Cut(Duration limit) {
        this.limit = limit;
        Thread.ofVirtual().name("alert-limit").start(this::watch);
    }

    private void watch() {
        try {
            if (!over.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                now();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is to be closed; at once if the time is up already. */
    void closes(Closeable resource) {
        boolean late;
        lock.lock();
        try {
            waitedOn.add(resource);
            late = isCut;
        } finally {
            lock.unlock();
        }
        if (late) {
            close(resource);
        }
    }

    /** Ends it now. */
    void now() {
        List<Closeable> all;
        lock.lock();
        try {
            isCut = true;
            all = List.copyOf(waitedOn);
        } finally {
            lock.unlock();
        }
        all.forEach(Cut::close);
    }

    private static void close(Closeable resource) {
        try {
            resource.close();
        } catch (IOException e) {
            LOG.debug("a connection that took too long cannot be closed: {}", e.getMessage());
        }
    }

    /** What it means that sending failed. */
    IOException explained(IOException e) {
        lock.lock();
        try {
            return isCut ? new IOException("it was not taken within " + limit.toSeconds() + " s", e) : e;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        over.countDown();
    }
}
