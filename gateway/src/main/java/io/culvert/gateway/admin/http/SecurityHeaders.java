package io.culvert.gateway.admin.http;

import io.vertx.core.MultiMap;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * What a browser is told about every answer on TCP: run and load nothing that is not from here, put nothing of it into
 * another page, turn no text into markup.
 *
 * <p>No HSTS: the certificate is of the site's own authority, and HSTS would take the "go on" from who has not
 * imported that.
 */
final class SecurityHeaders {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'; trusted-types lit-html";

    private SecurityHeaders() {}

    static void mount(Router router) {
        router.route().handler(SecurityHeaders::put);
    }

    private static void put(RoutingContext rc) {
        MultiMap headers = rc.response().headers();
        headers.set("Content-Security-Policy", POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        rc.next();
    }
}
