package io.culvert.gateway.admin.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.culvert.gateway.admin.ViewJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** Answers with problem documents what no operation answers. */
final class Problems {
    private Problems() {}

    static void mountFallbacks(Router router) {
        router.errorHandler(
                404,
                rc -> send(
                        rc,
                        Problem.ofStatus(
                                404, "Not found", "there is no " + rc.request().path() + "; see /api/openapi.yaml")));
        router.errorHandler(
                405,
                rc -> send(
                        rc,
                        Problem.ofStatus(
                                405,
                                "Method not allowed",
                                rc.request().path() + " does not take "
                                        + rc.request().method())));
        router.errorHandler(400, rc -> send(rc, Problem.ofStatus(400, "Bad request", "the request cannot be read")));
        router.errorHandler(
                413,
                rc -> send(
                        rc,
                        Problem.ofStatus(
                                413,
                                "Too large",
                                "the request's body is longer than "
                                        + rc.request().path() + " takes")));
        router.errorHandler(500, rc -> {
            Requests.LOG
                    .atError()
                    .setCause(rc.failure())
                    .addKeyValue("path", rc.request().path())
                    .log("request failed");
            send(rc, Problem.ofStatus(500, "Failed", "the gateway failed on this request; its log says more"));
        });
    }

    /** On the event loop; does nothing if the answer has begun. */
    static void send(RoutingContext rc, Problem problem) {
        HttpServerResponse response = rc.response();
        if (response.headWritten() || response.closed()) {
            return;
        }
        if (problem.status() == 401) {
            response.putHeader("WWW-Authenticate", "Culvert");
        }
        response.setStatusCode(problem.status())
                .putHeader("Content-Type", Problem.MEDIA_TYPE)
                .putHeader("Cache-Control", "no-store")
                .end(Buffer.buffer(json(problem)));
    }

    static byte[] json(Object value) {
        try {
            return ViewJson.MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of the API must have a JSON form: " + value.getClass(), e);
        }
    }
}
