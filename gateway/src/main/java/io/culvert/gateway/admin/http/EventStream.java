package io.culvert.gateway.admin.http;

import io.culvert.gateway.admin.console.StatusEvents;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One listener to events. Its state belongs to its event loop; {@link #tell} and {@link #end} may be called by any thread.
 *
 * <p>At most one status waits for a slow reader: while it does not take what was written, newer ones are left out, since each
 * is a whole; after {@link #PATIENCE} it is closed. A heartbeat goes when nothing else did for {@link #BEAT}, as a comment for
 * whatever is in between and an event for the page, which hears of no comments.
 */
final class EventStream {
    static final Duration BEAT = Duration.ofSeconds(15);
    static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MAX_WAITING_BYTES = 64 << 10;
    private static final String RETRY = "retry: 3000\n\n";
    private static final String HEARTBEAT = ": still here\nevent: beat\ndata:\n\n";
    private static final String SESSION_ENDED = "event: end\ndata:\n\n";

    private final HttpServerResponse response;
    private final Context eventLoop;
    private final BooleanSupplier live;
    private final Consumer<EventStream> whenOver;
    private @Nullable String told;
    private long writtenNanos = System.nanoTime();

    /** Made on the event loop. */
    EventStream(RoutingContext rc, BooleanSupplier live, Consumer<EventStream> whenOver) {
        this.response = rc.response();
        this.eventLoop = rc.vertx().getOrCreateContext();
        this.live = live;
        this.whenOver = whenOver;
        this.told = rc.request().getHeader("Last-Event-ID");
    }

    /** On the event loop. */
    void begin() {
        response.closeHandler(gone -> whenOver.accept(this));
        response.exceptionHandler(gone -> whenOver.accept(this));
        response.setWriteQueueMaxSize(MAX_WAITING_BYTES)
                .setChunked(true)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store");
        response.write(RETRY);
    }

    /** @param newest the newest event, told before or not */
    void tell(Optional<StatusEvents.Event> newest) {
        eventLoop.runOnContext(ignored -> write(newest, System.nanoTime()));
    }

    private void write(Optional<StatusEvents.Event> newest, long nowNanos) {
        if (response.closed() || response.ended()) {
            whenOver.accept(this);
        } else if (!live.getAsBoolean()) {
            response.end(SESSION_ENDED);
            whenOver.accept(this);
        } else if (response.writeQueueFull()) {
            if (nowNanos - writtenNanos > PATIENCE.toNanos()) {
                response.reset();
                whenOver.accept(this);
            }
        } else if (newest.isPresent() && !newest.get().id().equals(told)) {
            told = newest.get().id();
            writtenNanos = nowNanos;
            response.write(
                    "id: " + told + "\nevent: status\ndata: " + newest.get().json() + "\n\n");
        } else if (nowNanos - writtenNanos > BEAT.toNanos()) {
            writtenNanos = nowNanos;
            response.write(HEARTBEAT);
        }
    }

    /** The gateway stops. */
    void end() {
        eventLoop.runOnContext(ignored -> {
            if (!response.ended() && !response.closed()) {
                response.end();
            }
        });
    }
}
