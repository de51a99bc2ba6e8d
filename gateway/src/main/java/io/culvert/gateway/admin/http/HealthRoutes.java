package io.culvert.gateway.admin.http;

import io.culvert.gateway.admin.Readiness;
import io.culvert.gateway.admin.SiteOperations;
import io.vertx.ext.web.Router;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What machines ask: is it alive, can it work, what are its numbers. No login. */
final class HealthRoutes {
    private final SiteOperations operations;
    private final SiteMetrics metrics;

    HealthRoutes(SiteOperations operations, SiteMetrics metrics) {
        this.operations = operations;
        this.metrics = metrics;
    }

    void mount(Router router, Requests requests) {
        router.get("/healthz")
                .handler(rc -> rc.response()
                        .putHeader("Content-Type", "application/json")
                        .end("{\"status\":\"ok\"}"));
        router.get("/readyz")
                .handler(rc -> requests.run(rc, call -> {
                    Readiness readiness = operations.readiness();
                    return readiness.ready() ? Answer.ok(readiness) : new Answer.Json(503, readiness);
                }));
        router.get("/metrics")
                .handler(rc -> requests.run(
                        rc,
                        call -> new Answer.Bytes(
                                200,
                                SiteMetrics.OPENMETRICS,
                                metrics.scrape(operations).getBytes(StandardCharsets.UTF_8))));
    }

    static Map<String, String> paths() {
        return Map.of("/healthz", "GET", "/readyz", "GET", "/metrics", "GET");
    }
}
