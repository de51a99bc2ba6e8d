package io.culvert.gateway.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A site in memory: one peer, two datasets, one snapshot, jobs that are done when they are asked for a second time. */
public final class FakeSite implements SiteOperations {
    private final FakeEtcd etcd = new FakeEtcd();
    public static final Instant NOW = Instant.parse("2026-11-21T03:00:00Z");

    /** That {@link #services} has besides. */
    public final List<ServiceView> gateways = new ArrayList<>();

    public static final String TOKEN = "culvert-abc_DEF-123";
    public static final String GATEWAY_TOKEN = "culvert-gateway-abc_DEF-123";
    public static final int RESTORE_BYTES = 8 << 20;

    private final Map<String, JobView> jobs = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    public final List<String> calls = java.util.Collections.synchronizedList(new ArrayList<>());
    public final CountDownLatch interruptedIngest = new CountDownLatch(1);
    public volatile long ingestedBytes;
    public volatile Optional<String> jobFailure = Optional.empty();
    public volatile FailureCategory jobFailureCategory = FailureCategory.FAILED;
    public volatile long damagedChunks;
    public volatile boolean restoreBreaks;
    public volatile int moreConnections;
    public volatile boolean appliances = true;
    public volatile boolean syslog = true;
    public volatile long relayedBytes = 9L << 20;
    public volatile boolean ready = true;
    public volatile Runnable whileReading = () -> {};
    public final AtomicInteger statusAsked = new AtomicInteger();

    @Override
    public SiteStatus status() {
        statusAsked.incrementAndGet();
        return FakeViews.status(
                peers(), datasets(), pools(), appliances ? List.of(appliance().status()) : List.of());
    }

    @Override
    public AlertsView alerts() {
        return FakeViews.alerts();
    }

    @Override
    public List<AlertTestView> testAlerts() {
        return FakeViews.tests(syslog);
    }

    @Override
    public Readiness readiness() {
        return ready ? new Readiness(true, "it works") : new Readiness(false, "the checkpoint store is stopped");
    }

    @Override
    public List<PeerView> peers() {
        return List.of(FakeViews.peer(StreamView.State.UP));
    }

    @Override
    public Invitation invite(String peer, Duration life) {
        calls.add("invite " + peer + " " + life);
        return new Invitation(peer, TOKEN, NOW.plus(life));
    }

    @Override
    public GatewayInvitation inviteGateway(Duration life) {
        calls.add("inviteGateway " + life);
        return new GatewayInvitation("seoul/1", GATEWAY_TOKEN, NOW.plus(life));
    }

    @Override
    public List<ServiceView> drain(Duration connections) {
        calls.add("drain " + connections);
        return List.of();
    }

    @Override
    public List<ServiceView> drainNoMore() {
        calls.add("drainNoMore");
        return List.of();
    }

    @Override
    public ServiceView removeGateway(int number, Optional<Integer> moveTo) throws OperationException {
        if (number == 1) {
            throw new OperationException(FailureCategory.REFUSED, "gateway seoul/1 runs on host a");
        }
        calls.add("removeGateway " + number + " " + moveTo);
        return ServiceView.of("gateway", "seoul/" + number, "", ServiceView.State.REMOVED, NOW, "it was removed");
    }

    @Override
    public PeerView join(String token) throws OperationException {
        if (!token.equals(TOKEN)) {
            throw new OperationException(
                    FailureCategory.REFUSED, "busan refused: the token is used up; ask for a new one");
        }
        return FakeViews.peer(StreamView.State.DIALING);
    }

    @Override
    public RatesView rates(String peer) {
        calls.add("rates " + peer);
        return new RatesView(1e8, 9e7, 0.1, 0.2, 80);
    }

    @Override
    public PeerView revoke(String peer) throws OperationException {
        if (!peer.equals("busan")) {
            throw new OperationException(FailureCategory.NOT_FOUND, "there is no peer " + peer);
        }
        return FakeViews.peer(StreamView.State.CLOSED);
    }

    @Override
    public List<DatasetView> datasets() {
        return List.of(
                new DatasetView(
                        "finance",
                        "tree",
                        "/data/finance",
                        Optional.of("*/15 * * * *"),
                        Optional.of(3600L),
                        List.of(new ReplicaView(
                                "busan",
                                "main",
                                Optional.of("s-1"),
                                Optional.of(NOW),
                                Optional.of(7200L),
                                true,
                                Optional.empty()))),
                new DatasetView("pgdump", "stream", "main", Optional.empty(), Optional.empty(), List.of()));
    }

    @Override
    public DatasetView dataset(String name) throws OperationException {
        return datasets().stream()
                .filter(d -> d.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new OperationException(
                        FailureCategory.NOT_FOUND,
                        "there is no dataset " + name + "; \"culvert dataset list\" lists them"));
    }

    @Override
    public List<JobView> replicate(String dataset, List<String> peers) throws OperationException {
        dataset(dataset);
        calls.add("replicate " + dataset + " " + peers);
        JobView job = job("j-1", dataset, JobState.SENDING);
        jobs.put(job.id(), job);
        return List.of(job);
    }

    private JobView job(String id, String dataset, JobState state) {
        boolean failed = state == JobState.FAILED;
        return new JobView(
                id,
                "replicate",
                dataset,
                Optional.of("busan"),
                "main",
                state,
                Optional.empty(),
                new JobProgress(
                        10,
                        4 << 20,
                        Optional.of(20L),
                        Optional.of(8L << 20),
                        true,
                        1 << 20,
                        100,
                        30,
                        1 << 20,
                        512 << 10,
                        512 << 10,
                        600_000,
                        4_000,
                        1e6,
                        1e5,
                        Optional.of("a/b")),
                NOW,
                Optional.of(NOW),
                state.hasEnded() ? Optional.of(NOW.plusSeconds(5)) : Optional.empty(),
                "a-1",
                1,
                Optional.of("1.7"),
                state == JobState.DONE ? Optional.of("s-2") : Optional.empty(),
                failed ? jobFailure : Optional.empty(),
                failed ? Optional.of(jobFailureCategory) : Optional.empty());
    }

    @Override
    public IngestResult ingest(String dataset, String label, InputStream source) throws OperationException {
        byte[] buffer = new byte[4096];
        long bytes = 0;
        try {
            for (int n = source.read(buffer); n >= 0; n = source.read(buffer)) {
                bytes += n;
            }
        } catch (IOException e) {
            interruptedIngest.countDown();
            throw new OperationException(FailureCategory.FAILED, "the stream was cut off; nothing was stored", e);
        }
        ingestedBytes = bytes;
        return new IngestResult(FakeViews.snapshot("s-3", dataset, "stream", bytes, label), List.of());
    }

    @Override
    public List<JobView> jobs() {
        whileReading.run();
        return List.copyOf(jobs.values());
    }

    @Override
    public JobView job(String id, Duration wait) throws OperationException {
        JobView job = jobs.get(id);
        if (job == null) {
            throw new OperationException(FailureCategory.NOT_FOUND, "there is no job " + id);
        }
        if (asked.incrementAndGet() < 2) {
            return job;
        }
        return job(id, job.dataset(), jobFailure.isPresent() ? JobState.FAILED : JobState.DONE);
    }

    @Override
    public JobView cancel(String id) {
        return job(id, "finance", JobState.CANCELLED);
    }

    @Override
    public List<SnapshotView> snapshots(Optional<String> dataset, Optional<String> peer) {
        calls.add("snapshots " + dataset.orElse("-") + " " + peer.orElse("-"));
        return List.of(FakeViews.snapshot("s-1", "finance", "tree", RESTORE_BYTES, "nightly"));
    }

    @Override
    public SnapshotView snapshot(String id) throws OperationException {
        return switch (id) {
            case "s-1" -> FakeViews.snapshot(id, "finance", "tree", RESTORE_BYTES, "nightly");
            case "v-1" -> FakeViews.snapshot(id, "vm-7", "volume", RESTORE_BYTES, "");
            default -> throw new OperationException(FailureCategory.NOT_FOUND, "there is no snapshot " + id);
        };
    }

    @Override
    public DiffSummary diff(String from, String to, Feed<DiffEntry> changes) throws IOException {
        changes.accept(new DiffEntry(DiffEntry.Change.ADDED, "b/new", "file", 10));
        changes.accept(new DiffEntry(DiffEntry.Change.CONTENT, "b/old", "file", 20));
        return new DiffSummary(from, to, 1, 0, 1, 0, 30);
    }

    @Override
    public SnapshotView delete(String id) throws OperationException {
        throw new OperationException(
                FailureCategory.REFUSED,
                "snapshot " + id + " is locked until 2026-12-01; it can be deleted after that");
    }

    @Override
    public void restore(RestoreRequest request, OutputStream out) throws OperationException, IOException {
        calls.add("restore " + request.paths());
        byte[] block = "0123456789abcdef".repeat(4096).getBytes(StandardCharsets.US_ASCII);
        for (int written = 0; written < RESTORE_BYTES; written += block.length) {
            if (restoreBreaks && written >= RESTORE_BYTES / 2) {
                throw new OperationException(FailureCategory.FAILED, "chunk 00ff is damaged – “scrub” the pool");
            }
            out.write(block);
        }
    }

    @Override
    public VerifyReport verify(VerifyRequest request, Feed<VerifyProgress> progress) throws IOException {
        progress.accept(new VerifyProgress("main", 10, 1 << 20, Optional.of(2L << 20), 0));
        List<DamageView> damage = damagedChunks == 0
                ? List.of()
                : List.of(new DamageView(
                        "main",
                        Optional.of("000001.seg"),
                        Optional.of(4096L),
                        Optional.of("00ff"),
                        "its fingerprint differs",
                        List.of("s-1")));
        return new VerifyReport(List.of("main"), 1, 20, 2 << 20, 0.5, damagedChunks, damage);
    }

    @Override
    public List<PoolView> pools() {
        return List.of(new PoolView(
                "main",
                "/srv/main",
                PoolView.State.OPEN,
                "",
                Optional.empty(),
                5L << 30,
                7L << 40,
                9L << 30,
                123_456,
                40,
                3));
    }

    @Override
    public PoolView pool(String name) throws OperationException {
        return pools().stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new OperationException(FailureCategory.NOT_FOUND, "there is no pool " + name));
    }

    @Override
    public JobView moveDataset(String dataset, String to) throws OperationException {
        pool(to);
        return replicate(dataset, List.of()).getFirst();
    }

    /** Of a gateway whose site file says so already. */
    @Override
    public PoolRenameView renamePool(String from, String to, boolean check) throws OperationException {
        pool(from);
        return new PoolRenameView(
                from, to, "/etc/culvert/site.yaml", List.of(), !check, List.of("busan"), List.of("seoul/2"));
    }

    @Override
    public List<ServiceView> services() {
        List<ServiceView> services = new ArrayList<>(gateways);
        services.add(ServiceView.of("pool", "main", "seoul/1", ServiceView.State.UP, NOW, ""));
        services.add(new ServiceView(
                "appliance",
                "dd-busan",
                "seoul/1",
                ServiceView.State.UP,
                NOW,
                "",
                Optional.of(appliance()),
                Optional.empty()));
        return services;
    }

    @Override
    public List<ApplianceView> appliances() {
        return List.of(appliance());
    }

    @Override
    public EtcdView etcd() {
        return etcd.etcd();
    }

    @Override
    public EtcdCompaction compactEtcd() {
        return etcd.compactEtcd();
    }

    @Override
    public EtcdDefragmentation defragmentEtcd(Feed<EtcdDefragmented> progress) throws IOException {
        return etcd.defragmentEtcd(progress);
    }

    @Override
    public EtcdReplacement replaceEtcdMember(EtcdReplaceRequest request, Feed<EtcdStep> progress)
            throws OperationException, IOException {
        return etcd.replaceEtcdMember(request, progress);
    }

    @Override
    public EtcdBackup backUpEtcd() {
        return etcd.backUpEtcd();
    }

    /** From now on backups of etcd are copied, or not. */
    public void etcdCopies(EtcdCopy... copies) {
        etcd.copies(copies);
    }

    /** From now on too few of its members answer. */
    public void loseEtcd() {
        etcd.lose();
    }

    private ApplianceView appliance() {
        return FakeAppliance.of(moreConnections, relayedBytes);
    }
}
