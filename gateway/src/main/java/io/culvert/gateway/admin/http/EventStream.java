package io.culvert.gateway.admin.http;

import io.culvert.gateway.admin.console.Listening;
import io.culvert.gateway.admin.console.StatusEvents;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One listener to events, as {@link Listening} decides. Its state belongs to its event loop; {@link #tell} and {@link #end} may be
 * called by any thread. A heartbeat is a comment for whatever is in between, and an event for the page, which hears of no comments.
 */
final class EventStream {
    private static final String RETRY = "retry: 3000\n\n";
    private static final String HEARTBEAT = ": still here\nevent: beat\ndata:\n\n";
    private static final String SESSION_ENDED = "event: end\ndata:\n\n";

    private final HttpServerResponse response;
    private final Context eventLoop;
    private final BooleanSupplier live;
    private final Consumer<EventStream> whenOver;
    private final Listening listening;
    private int unsent;

    /** Made on the event loop. */
    EventStream(RoutingContext rc, BooleanSupplier live, Consumer<EventStream> whenOver) {
        this.response = rc.response();
        this.eventLoop = rc.vertx().getOrCreateContext();
        this.live = live;
        this.whenOver = whenOver;
        this.listening = new Listening(Optional.ofNullable(rc.request().getHeader("Last-Event-ID")), System.nanoTime());
    }

    /** On the event loop. */
    void begin() {
        response.closeHandler(gone -> whenOver.accept(this));
        response.exceptionHandler(gone -> whenOver.accept(this));
        response.setChunked(true).putHeader("Content-Type", "text/event-stream").putHeader("Cache-Control", "no-store");
        write(RETRY);
    }

    /** @param newest the newest event, told before or not */
    void tell(Optional<StatusEvents.Event> newest) {
        eventLoop.runOnContext(ignored -> write(newest));
    }

    private void write(Optional<StatusEvents.Event> newest) {
        if (response.closed() || response.ended()) {
            whenOver.accept(this);
            return;
        }
        Optional<String> id = newest.map(StatusEvents.Event::id);
        switch (listening.next(id, live.getAsBoolean(), unsent > 0, System.nanoTime())) {
            case NOTHING -> {}
            case TELL ->
                newest.ifPresent(
                        event -> write("id: " + event.id() + "\nevent: status\ndata: " + event.json() + "\n\n"));
            case BEAT -> write(HEARTBEAT);
            case END -> {
                response.end(SESSION_ENDED);
                whenOver.accept(this);
            }
            case GIVE_UP -> {
                response.reset();
                whenOver.accept(this);
            }
        }
    }

    /** Counted until the kernel has all of it: what Vert.x calls a full queue leaves out what waits for the socket. */
    private void write(String block) {
        unsent++;
        response.write(block).onComplete(done -> unsent--);
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
