package io.culvert.gateway.admin.http;

import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.SiteOperations;
import io.culvert.gateway.admin.console.StatusEvents;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/v1/events}: tells whoever listens what became new of the site's status, as server-sent events (HTML standard,
 * 9.2).
 *
 * <p>One thread looks at the status for all listeners: each second while there are any, and less often if a status is so long
 * that more than {@link #MAX_BYTES_A_SECOND} would go to each. A listener that comes is told the status at hand, unless its
 * {@code Last-Event-ID} says that it has that.
 */
final class EventRoutes implements AutoCloseable {
    static final String PATH = "/api/v1/events";
    static final int MAX_LISTENERS = 32;
    static final int MAX_BYTES_A_SECOND = 256 << 10;
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final SiteOperations site;
    private final StatusEvents events;
    private final Semaphore places = new Semaphore(MAX_LISTENERS);
    private final Set<EventStream> listeners = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition came = lock.newCondition();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread teller;
    private volatile StatusEvents.@Nullable Event newest;

    /** @param epoch of this start, letters and digits */
    EventRoutes(SiteOperations site, String epoch) {
        this.site = site;
        this.events = new StatusEvents(epoch);
        this.teller = Thread.ofVirtual().name("events").start(this::tell);
    }

    /** @param live makes of a request what says whether its stream may go on */
    void mount(Router router, Function<RoutingContext, BooleanSupplier> live) {
        router.get(PATH).handler(rc -> listen(rc, live.apply(rc)));
    }

    int listeners() {
        return listeners.size();
    }

    /** On the event loop. */
    private void listen(RoutingContext rc, BooleanSupplier live) {
        if (!places.tryAcquire()) {
            Problems.send(
                    rc,
                    Problem.ofStatus(
                            503, "Busy", MAX_LISTENERS + " listen to events already; close a page of the console"));
            return;
        }
        EventStream stream = new EventStream(rc, live, this::leave);
        boolean first = listeners.isEmpty();
        listeners.add(stream);
        stream.begin();
        if (!first) { // what others were told last is of this second
            stream.tell(Optional.ofNullable(newest));
        }
        lock.lock();
        try {
            came.signal();
        } finally {
            lock.unlock();
        }
    }

    private void leave(EventStream stream) {
        if (listeners.remove(stream)) {
            places.release();
        }
    }

    private void tell() {
        try {
            while (true) {
                awaitListener();
                look();
                StatusEvents.Event event = newest;
                listeners.forEach(listener -> listener.tell(Optional.ofNullable(event)));
                Thread.sleep(pause(event));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RejectedExecutionException e) {
            Requests.LOG.atDebug().setCause(e).log("the gateway stopped before an event");
        }
    }

    private static Duration pause(StatusEvents.@Nullable Event event) {
        int length = event == null ? 0 : event.json().length();
        Duration slow = Duration.ofMillis(1000L * length / MAX_BYTES_A_SECOND);
        return slow.compareTo(LOOK) > 0 ? slow : LOOK;
    }

    private void awaitListener() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (listeners.isEmpty()) {
                came.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A status that cannot be had is no news: who listens sees by the time of the last one that it is old. */
    private void look() throws InterruptedException {
        try {
            events.look(site.status()).ifPresent(event -> newest = event);
        } catch (OperationException e) {
            Requests.LOG.atDebug().setCause(e).log("no status for the console");
        } catch (RuntimeException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException("the gateway is stopping");
            }
            Requests.LOG.atError().setCause(e).log("no status for the console");
        }
    }

    /** Ends all streams; idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            teller.interrupt();
            listeners.forEach(EventStream::end);
        }
    }
}
