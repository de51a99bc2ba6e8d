package io.culvert.gateway.admin.http;

import io.culvert.gateway.admin.EtcdReplaceRequest;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.Identifiers;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.RestoreRequest;
import io.culvert.gateway.admin.ServiceView;
import io.culvert.gateway.admin.SiteOperations;
import io.culvert.gateway.admin.VerifyRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The operations of {@code /api/v1} and the document that describes them. */
final class ApiRoutes {
    static final String OPENAPI = "/api/openapi.yaml";
    static final Duration DEFAULT_INVITATION_LIFE = Duration.ofHours(1);
    private static final Duration MIN_INVITATION_LIFE = Duration.ofSeconds(10);
    private static final Duration MAX_INVITATION_LIFE = Duration.ofDays(7);
    private static final Duration DEFAULT_DRAIN_OF_CONNECTIONS = Duration.ofSeconds(30);
    private static final Duration MAX_DRAIN_OF_CONNECTIONS = Duration.ofDays(7);
    private static final int MAX_TARGETS = 100;
    private static final String V1 = "/api/v1";

    private final SiteOperations site;
    private final List<Endpoint> endpoints = new ArrayList<>();

    private ApiRoutes(SiteOperations site) {
        this.site = site;
        addPeers();
        addDatasets();
        addJobs();
        addSnapshots();
        addPools();
        addGateways();
        addEtcd();
    }

    static ApiRoutes of(SiteOperations site) {
        return new ApiRoutes(site);
    }

    List<Endpoint> endpoints() {
        return List.copyOf(endpoints);
    }

    /** What a session of the console may ask, on TCP. */
    void mountShown(Router router, Requests requests) {
        router.get(OPENAPI).handler(rc -> requests.runShown(rc, call -> document()));
        for (Endpoint endpoint : endpoints) {
            if (endpoint.shown()) {
                router.get(route(endpoint)).handler(rc -> requests.runShown(rc, endpoint.work()));
            }
        }
    }

    private static String route(Endpoint endpoint) {
        return endpoint.path().replaceAll("\\{(\\w+)}", ":$1");
    }

    void mount(Router router, Requests requests) {
        router.get(OPENAPI).handler(rc -> requests.run(rc, call -> document()));
        BodyHandler bounded = BodyHandler.create(false).setBodyLimit(Requests.MAX_BODY_BYTES);
        for (Endpoint endpoint : endpoints) {
            Route route = router.route(HttpMethod.valueOf(endpoint.method()), route(endpoint));
            switch (endpoint.body()) {
                case NONE -> route.handler(rc -> requests.run(rc, endpoint.work()));
                case JSON -> route.handler(bounded).handler(rc -> requests.run(rc, endpoint.work()));
                case STREAM -> route.handler(rc -> requests.runStreaming(rc, endpoint.work()));
            }
        }
    }

    private void addPeers() {
        get("/status", call -> Answer.ok(site.status()));
        get("/alerts", call -> Answer.ok(site.alerts()));
        none("POST", "/alerts/test", call -> Answer.ok(site.testAlerts()));
        get("/peers", call -> Answer.ok(site.peers()));
        post("/peers/invitations", call -> {
            var body = call.body(Bodies.Invite.class);
            String peer = Identifiers.SITE.require(body.peer().orElse(""));
            return new Answer.Json(201, site.invite(peer, invitationLife(body.ttlSeconds())));
        });
        post("/peers/join", call -> {
            var body = call.body(Bodies.Join.class);
            return new Answer.Json(
                    201, site.join(Identifiers.TOKEN.require(body.token().orElse(""))));
        });
        none("POST", "/peers/{name}/rates", call -> Answer.ok(site.rates(call.param("name", Identifiers.SITE))));
        none("POST", "/peers/{name}/revoke", call -> Answer.ok(site.revoke(call.param("name", Identifiers.SITE))));
    }

    private void addDatasets() {
        get("/datasets", call -> Answer.ok(site.datasets()));
        get("/datasets/{name}", call -> Answer.ok(site.dataset(call.param("name", Identifiers.NAME))));
        post("/datasets/{name}/replications", call -> {
            List<String> peers = call.body(Bodies.Replicate.class).peers().orElse(List.of());
            requireAtMost("peers", peers.size(), MAX_TARGETS);
            for (String peer : peers) {
                Identifiers.SITE.require(peer);
            }
            return new Answer.Json(202, site.replicate(call.param("name", Identifiers.NAME), peers));
        });
        add("POST", "/datasets/{name}/snapshots", Endpoint.Body.STREAM, call -> {
            String label = call.query("label", Identifiers.LABEL).orElse("");
            return new Answer.Json(201, site.ingest(call.param("name", Identifiers.NAME), label, call.input()));
        });
    }

    private void addJobs() {
        get("/jobs", call -> Answer.ok(site.jobs()));
        get("/jobs/{id}", call -> Answer.ok(site.job(call.param("id", Identifiers.ID), wait(call))));
        none("POST", "/jobs/{id}/cancel", call -> Answer.ok(site.cancel(call.param("id", Identifiers.ID))));
    }

    private static Duration wait(Call call) throws OperationException {
        return call.query("wait", Identifiers.WAIT)
                .map(millis -> Duration.ofMillis(Long.parseLong(millis)))
                .orElse(Duration.ZERO);
    }

    private void addSnapshots() {
        get(
                "/snapshots",
                call -> Answer.ok(
                        site.snapshots(call.query("dataset", Identifiers.NAME), call.query("peer", Identifiers.SITE))));
        get("/snapshots/{id}", call -> Answer.ok(site.snapshot(call.param("id", Identifiers.ID))));
        none("DELETE", "/snapshots/{id}", call -> Answer.ok(site.delete(call.param("id", Identifiers.ID))));
        none("GET", "/snapshots/{id}/diff/{other}", call -> {
            var changes = call.lines("change");
            var summary =
                    site.diff(call.param("id", Identifiers.ID), call.param("other", Identifiers.ID), changes::accept);
            call.lines("summary").accept(summary);
            return new Answer.Streamed();
        });
        post("/snapshots/{id}/restore", call -> {
            RestoreRequest request = restoreRequest(call);
            OutputStream out = call.output("application/octet-stream");
            site.restore(request, out);
            return new Answer.Streamed();
        });
        post("/verifications", call -> {
            VerifyRequest request = verifyRequest(call);
            var progress = call.lines("progress");
            var report = site.verify(request, progress::accept);
            call.lines("report").accept(report);
            return new Answer.Streamed();
        });
    }

    private void addEtcd() {
        get("/etcd", call -> Answer.ok(site.etcd()));
        none("POST", "/etcd/compaction", call -> Answer.ok(site.compactEtcd()));
        none("POST", "/etcd/backups", call -> new Answer.Json(201, site.backUpEtcd()));
        none("POST", "/etcd/defragmentation", call -> {
            var members = call.lines("member");
            var report = site.defragmentEtcd(members::accept);
            call.lines("report").accept(report);
            return new Answer.Streamed();
        });
        post("/etcd/members/{name}/replacement", call -> {
            EtcdReplaceRequest request = replaceRequest(call);
            var steps = call.lines("step");
            var report = site.replaceEtcdMember(request, steps::accept);
            call.lines("report").accept(report);
            return new Answer.Streamed();
        });
    }

    private static EtcdReplaceRequest replaceRequest(Call call) throws OperationException {
        var body = call.body(Bodies.ReplaceMember.class);
        String url = Identifiers.PEER_URL.require(body.peerUrl().orElse(""));
        return new EtcdReplaceRequest(
                call.param("name", Identifiers.NAME),
                URI.create(url),
                body.force().orElse(false));
    }

    private void addPools() {
        get("/pools", call -> Answer.ok(site.pools()));
        get("/pools/{name}", call -> Answer.ok(site.pool(call.param("name", Identifiers.NAME))));
        post("/pools/{name}/rename", call -> {
            var body = call.body(Bodies.RenamePool.class);
            String to = Identifiers.POOL.require(body.to().orElse(""));
            return Answer.ok(site.renamePool(
                    call.param("name", Identifiers.NAME), to, body.check().orElse(false)));
        });
        post("/pools/{name}/moves", call -> {
            var body = call.body(Bodies.MoveDataset.class);
            String dataset = Identifiers.NAME.require(body.dataset().orElse(""));
            return new Answer.Json(202, site.moveDataset(dataset, call.param("name", Identifiers.NAME)));
        });
        get("/appliances", call -> Answer.ok(site.appliances()));
    }

    private void addGateways() {
        get("/services", call -> Answer.ok(site.services()));
        post("/gateways/invitations", call -> {
            var body = call.body(Bodies.InviteGateway.class);
            return new Answer.Json(201, site.inviteGateway(invitationLife(body.ttlSeconds())));
        });
        post("/gateways/drain", call -> Answer.ok(drain(call.body(Bodies.Drain.class))));
        post("/gateways/{number}/removal", call -> {
            int number = Integer.parseInt(call.param("number", Identifiers.GATEWAY));
            return Answer.ok(site.removeGateway(
                    number, call.body(Bodies.RemoveGateway.class).moveTo()));
        });
    }

    private List<ServiceView> drain(Bodies.Drain body) throws OperationException {
        if (!body.on().orElse(true)) {
            return site.drainNoMore();
        }
        long connections = body.connectionsSeconds().orElse(DEFAULT_DRAIN_OF_CONNECTIONS.toSeconds());
        if (connections < 0 || connections > MAX_DRAIN_OF_CONNECTIONS.toSeconds()) {
            throw new OperationException(
                    FailureCategory.USAGE,
                    "connections are given from 0 seconds to 7 days to end; asked for " + connections + " seconds");
        }
        return site.drain(Duration.ofSeconds(connections));
    }

    private static Duration invitationLife(Optional<Long> seconds) throws OperationException {
        long asked = seconds.orElse(DEFAULT_INVITATION_LIFE.toSeconds());
        if (asked < MIN_INVITATION_LIFE.toSeconds() || asked > MAX_INVITATION_LIFE.toSeconds()) {
            throw new OperationException(
                    FailureCategory.USAGE, "a token lives from 10 seconds to 7 days; asked for " + asked + " seconds");
        }
        return Duration.ofSeconds(asked);
    }

    private static RestoreRequest restoreRequest(Call call) throws OperationException {
        var body = call.body(Bodies.Restore.class);
        List<String> paths = body.paths().orElse(List.of());
        requireAtMost("paths", paths.size(), RestoreRequest.MAX_PATHS);
        if (body.peer().isPresent()) {
            Identifiers.SITE.require(body.peer().get());
        }
        return new RestoreRequest(call.param("id", Identifiers.ID), body.peer(), paths);
    }

    private static VerifyRequest verifyRequest(Call call) throws OperationException {
        var body = call.body(Bodies.Verify.class);
        if (body.snapshot().isPresent() && body.pool().isPresent()) {
            throw new OperationException(FailureCategory.USAGE, "verify takes a snapshot or a pool, not both");
        }
        if (body.snapshot().isPresent()) {
            Identifiers.ID.require(body.snapshot().get());
        }
        if (body.pool().isPresent()) {
            Identifiers.NAME.require(body.pool().get());
        }
        return new VerifyRequest(body.snapshot(), body.pool());
    }

    private static void requireAtMost(String what, int count, int max) throws OperationException {
        if (count > max) {
            throw new OperationException(FailureCategory.USAGE, "at most " + max + " " + what + ", were " + count);
        }
    }

    private static Answer document() throws IOException {
        try (InputStream in = ApiRoutes.class.getResourceAsStream("/io/culvert/gateway/admin/openapi.yaml")) {
            if (in == null) {
                throw new IllegalStateException("openapi.yaml must be among the classes");
            }
            return new Answer.Bytes(200, "application/yaml", in.readAllBytes());
        }
    }

    private void get(String path, Requests.Work work) {
        endpoints.add(new Endpoint("GET", V1 + path, Endpoint.Body.NONE, true, work));
    }

    private void none(String method, String path, Requests.Work work) {
        add(method, path, Endpoint.Body.NONE, work);
    }

    private void post(String path, Requests.Work work) {
        add("POST", path, Endpoint.Body.JSON, work);
    }

    private void add(String method, String path, Endpoint.Body body, Requests.Work work) {
        endpoints.add(new Endpoint(method, V1 + path, body, false, work));
    }
}
