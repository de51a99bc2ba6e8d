package io.culvert.gateway.admin.http;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Stands before {@code /api} on TCP: nothing without a session, and with one only to look. Whoever steals a session can
 * read what the console shows, and change nothing.
 */
final class SessionGate {
    private static final String SESSION = "culvert-session";

    private final SessionRoutes sessions;

    SessionGate(SessionRoutes sessions) {
        this.sessions = sessions;
    }

    /** Before the routes that a session may use. */
    void mount(Router router) {
        router.route("/api/*").handler(this::pass);
    }

    /** Behind them: whatever is left is for the command line. */
    static void mountRest(Router router) {
        router.route("/api/*").handler(rc -> Problems.send(rc, onlyToLook()));
    }

    /** What says whether the session of a request that has passed goes on. */
    BooleanSupplier life(RoutingContext rc) {
        String session = rc.get(SESSION);
        return () -> sessions.isLive(session);
    }

    private void pass(RoutingContext rc) {
        Optional<String> session = sessions.session(rc);
        if (session.isEmpty()) {
            Problems.send(rc, SessionRoutes.required());
            return;
        }
        if (rc.request().getParam("wait") != null) { // it would keep a thread for half a minute
            Problems.send(rc, onlyToLook());
            return;
        }
        rc.put(SESSION, session.get());
        rc.next();
    }

    private static Problem onlyToLook() {
        return Problem.refused(
                "a session of the console may look and nothing else; commands are given by \"culvert\" on the gateway's"
                        + " own machine");
    }
}
