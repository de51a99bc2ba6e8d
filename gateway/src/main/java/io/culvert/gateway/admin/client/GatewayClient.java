package io.culvert.gateway.admin.client;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.admin.AlertTestView;
import io.culvert.gateway.admin.AlertsView;
import io.culvert.gateway.admin.ApplianceView;
import io.culvert.gateway.admin.ConsoleLink;
import io.culvert.gateway.admin.DatasetView;
import io.culvert.gateway.admin.DiffEntry;
import io.culvert.gateway.admin.DiffSummary;
import io.culvert.gateway.admin.EtcdBackup;
import io.culvert.gateway.admin.EtcdCompaction;
import io.culvert.gateway.admin.EtcdDefragmentation;
import io.culvert.gateway.admin.EtcdDefragmented;
import io.culvert.gateway.admin.EtcdReplaceRequest;
import io.culvert.gateway.admin.EtcdReplacement;
import io.culvert.gateway.admin.EtcdStep;
import io.culvert.gateway.admin.EtcdView;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.Feed;
import io.culvert.gateway.admin.GatewayInvitation;
import io.culvert.gateway.admin.IngestResult;
import io.culvert.gateway.admin.Invitation;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.PeerView;
import io.culvert.gateway.admin.PoolRenameView;
import io.culvert.gateway.admin.PoolView;
import io.culvert.gateway.admin.RatesView;
import io.culvert.gateway.admin.Readiness;
import io.culvert.gateway.admin.RestoreRequest;
import io.culvert.gateway.admin.ServiceView;
import io.culvert.gateway.admin.SiteOperations;
import io.culvert.gateway.admin.SiteStatus;
import io.culvert.gateway.admin.SnapshotView;
import io.culvert.gateway.admin.VerifyProgress;
import io.culvert.gateway.admin.VerifyReport;
import io.culvert.gateway.admin.VerifyRequest;
import io.culvert.gateway.admin.ViewJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The operations of a running gateway, over its Unix socket. A gateway that does not answer is {@link
 * FailureCategory#UNREACHABLE}. Immutable, any thread; each call has a connection of its own.
 */
public final class GatewayClient implements SiteOperations {
    private static final String V1 = "/api/v1";

    private final Transport transport;

    public GatewayClient(Path socket) {
        this(new Transport(socket));
    }

    private GatewayClient(Transport transport) {
        this.transport = transport;
    }

    /** The same, for who waits for an answer no longer than this; a stream of bytes or lines has no limit. */
    public GatewayClient within(Duration limit) {
        return new GatewayClient(transport.within(limit));
    }

    /** Loads what requests and answers need, before there is one; may be left out. */
    public static void preload() {
        HttpExchange.preload();
        ViewJson.MAPPER.readerFor(SnapshotView.class);
        ViewJson.MAPPER.readerFor(SiteStatus.class);
    }

    @Override
    public SiteStatus status() throws OperationException {
        return get("/status", SiteStatus.class);
    }

    @Override
    public Readiness readiness() {
        try {
            return transport.readiness();
        } catch (OperationException e) {
            return new Readiness(false, e.sentence());
        }
    }

    @Override
    public AlertsView alerts() throws OperationException {
        return get("/alerts", AlertsView.class);
    }

    @Override
    public List<AlertTestView> testAlerts() throws OperationException {
        return transport.call("POST", V1 + "/alerts/test", Map.of(), listOf(AlertTestView.class));
    }

    @Override
    public List<PeerView> peers() throws OperationException {
        return list("/peers", PeerView.class);
    }

    @Override
    public Invitation invite(String peer, Duration life) throws OperationException {
        return post("/peers/invitations", Map.of("peer", peer, "ttlSeconds", life.toSeconds()), type(Invitation.class));
    }

    @Override
    public GatewayInvitation inviteGateway(Duration life) throws OperationException {
        return post("/gateways/invitations", Map.of("ttlSeconds", life.toSeconds()), type(GatewayInvitation.class));
    }

    @Override
    public List<ServiceView> drain(Duration connections) throws OperationException {
        return post(
                "/gateways/drain",
                Map.of("on", true, "connectionsSeconds", connections.toSeconds()),
                listOf(ServiceView.class));
    }

    @Override
    public List<ServiceView> drainNoMore() throws OperationException {
        return post("/gateways/drain", Map.of("on", false), listOf(ServiceView.class));
    }

    @Override
    public ServiceView removeGateway(int number, Optional<Integer> moveTo) throws OperationException {
        Map<String, Integer> body = moveTo.isPresent() ? Map.of("moveTo", moveTo.get()) : Map.of();
        return post("/gateways/" + number + "/removal", body, type(ServiceView.class));
    }

    @Override
    public PeerView join(String token) throws OperationException {
        return post("/peers/join", Map.of("token", token), type(PeerView.class));
    }

    @Override
    public RatesView rates(String peer) throws OperationException {
        return post(path("peers", peer, "rates"), Map.of(), type(RatesView.class));
    }

    @Override
    public PeerView revoke(String peer) throws OperationException {
        return post(path("peers", peer, "revoke"), Map.of(), type(PeerView.class));
    }

    @Override
    public List<DatasetView> datasets() throws OperationException {
        return list("/datasets", DatasetView.class);
    }

    @Override
    public DatasetView dataset(String name) throws OperationException {
        return get(path("datasets", name), DatasetView.class);
    }

    @Override
    public List<JobView> replicate(String dataset, List<String> peers) throws OperationException {
        return post(path("datasets", dataset, "replications"), Map.of("peers", peers), listOf(JobView.class));
    }

    @Override
    public IngestResult ingest(String dataset, String label, InputStream source) throws OperationException {
        String path = V1 + path("datasets", dataset, "snapshots") + "?label=" + Transport.encode(label);
        return transport.upload(path, source, type(IngestResult.class));
    }

    @Override
    public List<JobView> jobs() throws OperationException {
        return list("/jobs", JobView.class);
    }

    @Override
    public JobView job(String id, Duration wait) throws OperationException {
        String query = wait.isZero() ? "" : "?wait=" + wait.toMillis();
        return get(path("jobs", id) + query, JobView.class);
    }

    @Override
    public JobView cancel(String id) throws OperationException {
        return post(path("jobs", id, "cancel"), Map.of(), type(JobView.class));
    }

    @Override
    public List<SnapshotView> snapshots(Optional<String> dataset, Optional<String> peer) throws OperationException {
        StringBuilder query = new StringBuilder();
        dataset.ifPresent(d -> query.append("&dataset=").append(Transport.encode(d)));
        peer.ifPresent(p -> query.append("&peer=").append(Transport.encode(p)));
        return list("/snapshots" + (query.isEmpty() ? "" : "?" + query.substring(1)), SnapshotView.class);
    }

    @Override
    public SnapshotView snapshot(String id) throws OperationException {
        return get(path("snapshots", id), SnapshotView.class);
    }

    @Override
    public DiffSummary diff(String from, String to, Feed<DiffEntry> changes) throws OperationException, IOException {
        JsonNode summary = transport.lines(
                "GET",
                V1 + path("snapshots", from, "diff", to),
                Map.of(),
                "summary",
                line -> accept(line.path("change"), DiffEntry.class, changes));
        return Transport.convert(summary, DiffSummary.class);
    }

    @Override
    public SnapshotView delete(String id) throws OperationException {
        return transport.call("DELETE", V1 + path("snapshots", id), Map.of(), type(SnapshotView.class));
    }

    @Override
    public void restore(RestoreRequest request, OutputStream out) throws OperationException, IOException {
        try (InputStream stream = openRestore(request)) {
            stream.transferTo(out);
        }
    }

    /** The restore stream to read from; its end comes only if it is whole. The caller closes it. */
    public InputStream openRestore(RestoreRequest request) throws OperationException {
        Object body = request.peer().isPresent()
                ? Map.of("peer", request.peer().get(), "paths", request.paths())
                : Map.of("paths", request.paths());
        return transport.download(V1 + path("snapshots", request.snapshot(), "restore"), body);
    }

    @Override
    public VerifyReport verify(VerifyRequest request, Feed<VerifyProgress> progress)
            throws OperationException, IOException {
        JsonNode report = transport.lines(
                "POST",
                V1 + "/verifications",
                request,
                "report",
                line -> accept(line.path("progress"), VerifyProgress.class, progress));
        return Transport.convert(report, VerifyReport.class);
    }

    @Override
    public JobView moveDataset(String dataset, String to) throws OperationException {
        return post(path("pools", to, "moves"), Map.of("dataset", dataset), type(JobView.class));
    }

    public PoolRenameView renamePool(String from, String to, boolean check) throws OperationException {
        return post(path("pools", from, "rename"), Map.of("to", to, "check", check), type(PoolRenameView.class));
    }

    @Override
    public List<PoolView> pools() throws OperationException {
        return list("/pools", PoolView.class);
    }

    @Override
    public PoolView pool(String name) throws OperationException {
        return get(path("pools", name), PoolView.class);
    }

    @Override
    public List<ServiceView> services() throws OperationException {
        return list("/services", ServiceView.class);
    }

    @Override
    public List<ApplianceView> appliances() throws OperationException {
        return list("/appliances", ApplianceView.class);
    }

    @Override
    public EtcdView etcd() throws OperationException {
        return get("/etcd", EtcdView.class);
    }

    @Override
    public EtcdCompaction compactEtcd() throws OperationException {
        return transport.call("POST", V1 + "/etcd/compaction", Map.of(), type(EtcdCompaction.class));
    }

    @Override
    public EtcdDefragmentation defragmentEtcd(Feed<EtcdDefragmented> progress) throws OperationException, IOException {
        JsonNode report = transport.lines(
                "POST",
                V1 + "/etcd/defragmentation",
                Map.of(),
                "report",
                line -> accept(line.path("member"), EtcdDefragmented.class, progress));
        return Transport.convert(report, EtcdDefragmentation.class);
    }

    @Override
    public EtcdReplacement replaceEtcdMember(EtcdReplaceRequest request, Feed<EtcdStep> progress)
            throws OperationException, IOException {
        JsonNode report = transport.lines(
                "POST",
                V1 + path("etcd", "members", request.member(), "replacement"),
                Map.of("peerUrl", request.peerUrl(), "force", request.force()),
                "report",
                line -> accept(line.path("step"), EtcdStep.class, progress));
        return Transport.convert(report, EtcdReplacement.class);
    }

    @Override
    public EtcdBackup backUpEtcd() throws OperationException {
        return transport.call("POST", V1 + "/etcd/backups", Map.of(), type(EtcdBackup.class));
    }

    /** A link that signs a browser in at this gateway, once. */
    public ConsoleLink consoleLink() throws OperationException {
        return transport.call("POST", V1 + "/console/links", Map.of(), type(ConsoleLink.class));
    }

    private static <T> void accept(JsonNode node, Class<T> type, Feed<T> feed) throws IOException {
        if (!node.isMissingNode()) {
            feed.accept(Transport.convert(node, type));
        }
    }

    private <T> T get(String path, Class<T> type) throws OperationException {
        return transport.call("GET", V1 + path, Map.of(), type(type));
    }

    private <T> List<T> list(String path, Class<T> element) throws OperationException {
        return transport.call("GET", V1 + path, Map.of(), listOf(element));
    }

    private <T> T post(String path, Map<String, ?> body, JavaType type) throws OperationException {
        return transport.call("POST", V1 + path, body, type);
    }

    private static String path(String... parts) {
        StringBuilder path = new StringBuilder();
        for (String part : parts) {
            path.append('/').append(Transport.encode(part));
        }
        return path.toString();
    }

    private static JavaType type(Class<?> type) {
        return ViewJson.MAPPER.constructType(type);
    }

    private static JavaType listOf(Class<?> element) {
        return ViewJson.MAPPER.getTypeFactory().constructCollectionType(List.class, element);
    }
}
