package io.culvert.gateway.admin.http;

import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.SessionView;
import io.culvert.gateway.admin.console.SignIn;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Sign-in, sign-out and the question whether there is a session, on TCP.
 *
 * <p>The cookie is named after the gateway: browsers tell hosts apart, not ports, and several gateways may be reached at
 * the ports of one host, by tunnels for instance.
 */
final class SessionRoutes {
    static final String PATH = "/api/v1/session";
    private static final String PREFIX = "__Host-culvert-";
    private static final int MAX_BODY_BYTES = 1 << 10;
    private static final int MAX_TOKEN_CHARS = 100;

    /** Asked by the page on its own, not by a person: it leaves the session idle. */
    private static final String UNATTENDED = "Culvert-Unattended";

    private final SignIn signIn;
    private final String gateway;
    private final String cookie;

    /** @param gateway SITE/NUMBER */
    SessionRoutes(SignIn signIn, String gateway) {
        this.signIn = signIn;
        this.gateway = gateway;
        this.cookie = PREFIX + gateway.replace('/', '.');
    }

    void mount(Router router) {
        BodyHandler bounded = BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES);
        router.post(PATH).handler(this::requireSameOrigin); // a route of its own: a body comes first in one
        router.post(PATH).handler(bounded).handler(this::open);
        router.get(PATH).handler(this::show);
        router.delete(PATH).handler(this::requireSameOrigin).handler(this::end);
    }

    static List<String> methods() {
        return List.of("POST", "GET", "DELETE");
    }

    /** What the bearer of a session shows, if it is one. */
    Optional<String> session(RoutingContext rc) {
        return token(rc).filter(ignored -> ends(rc).isPresent());
    }

    /** When the session of a request ends; nothing if it has none. */
    private Optional<Instant> ends(RoutingContext rc) {
        boolean attended = rc.request().getHeader(UNATTENDED) == null;
        return token(rc).flatMap(text -> attended ? signIn.use(text) : signIn.look(text));
    }

    boolean isLive(String token) {
        return signIn.look(token).isPresent();
    }

    private Optional<String> token(RoutingContext rc) {
        return Optional.ofNullable(rc.request().getCookie(cookie))
                .map(Cookie::getValue)
                .filter(text -> text.length() <= MAX_TOKEN_CHARS);
    }

    private void open(RoutingContext rc) {
        String code;
        try {
            code = new Call(rc).body(Bodies.SignInCode.class).code().orElse("");
        } catch (OperationException e) {
            Problems.send(rc, Problem.of(e));
            return;
        }
        switch (signIn.open(code)) {
            case SignIn.Outcome.Opened opened -> {
                token(rc).ifPresent(signIn::end); // of who signs in again
                Requests.LOG
                        .atInfo()
                        .addKeyValue("from", rc.request().remoteAddress().hostAddress())
                        .log("a browser signed in to the console");
                rc.response().addCookie(cookie(opened.token()));
                show(rc, signIn.look(opened.token()));
            }
            case SignIn.Outcome.Wrong wrong -> Problems.send(rc, wrongCode());
            case SignIn.Outcome.TooMany many -> {
                rc.response().putHeader("Retry-After", "60");
                Problems.send(
                        rc,
                        Problem.ofStatus(
                                429,
                                "Too many tries",
                                "too many wrong codes came in this minute; try again in the next"));
            }
        }
    }

    private void show(RoutingContext rc) {
        show(rc, ends(rc));
    }

    private void show(RoutingContext rc, Optional<Instant> ends) {
        if (ends.isEmpty()) {
            Problems.send(rc, required());
            return;
        }
        rc.response()
                .putHeader("Content-Type", "application/json")
                .putHeader("Cache-Control", "no-store")
                .end(Buffer.buffer(Problems.json(new SessionView(gateway, ends.get()))));
    }

    private void end(RoutingContext rc) {
        token(rc).ifPresent(signIn::end);
        rc.response()
                .addCookie(cookie("").setMaxAge(0))
                .putHeader("Cache-Control", "no-store")
                .setStatusCode(204)
                .end();
    }

    private Cookie cookie(String value) {
        return Cookie.cookie(cookie, value)
                .setPath("/")
                .setSecure(true)
                .setHttpOnly(true)
                .setSameSite(CookieSameSite.STRICT);
    }

    /** Browsers say where a request is from; what says nothing is no browser and carries nobody's cookie. */
    private void requireSameOrigin(RoutingContext rc) {
        HttpServerRequest request = rc.request();
        String site = request.getHeader("Sec-Fetch-Site");
        String origin = request.getHeader("Origin");
        HostAndPort own = request.authority();
        if (site != null && !site.equals("same-origin") || origin != null && !origin.equals("https://" + own)) {
            Problems.send(rc, Problem.refused("this comes from the page of another server"));
            return;
        }
        rc.next();
    }

    static Problem required() {
        return Problem.ofStatus(
                401,
                "Not signed in",
                "there is no session: \"culvert console\" on the gateway's own machine prints a link that opens one");
    }

    private static Problem wrongCode() {
        return Problem.ofStatus(
                401,
                "Not signed in",
                "this code is not good: a code opens one session, within " + SignIn.CODE_LIFE.toMinutes()
                        + " minutes; \"culvert console\" prints a new one");
    }
}
