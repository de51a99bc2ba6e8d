package io.culvert.gateway;

import io.culvert.gateway.admin.AlertTestView;
import io.culvert.gateway.admin.AlertsView;
import io.culvert.gateway.admin.ApplianceView;
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
import io.culvert.gateway.alert.Alerting;
import io.culvert.gateway.alert.Sight;
import io.culvert.gateway.checkpoint.CheckpointStore;
import io.culvert.gateway.checkpoint.GatewayRegister;
import io.culvert.gateway.checkpoint.doctor.EtcdDoctor;
import io.culvert.gateway.identity.SiteIdentity;
import io.culvert.gateway.owner.Keeper;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.replicate.Replicator;
import io.culvert.gateway.stream.PeerStreams;
import io.culvert.siteconfig.SiteConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Answers what is asked of this gateway, each part by its own class. */
final class GatewayOperations implements SiteOperations {

    /** What the answers are made of. */
    record Parts(
            Supplier<SiteConfig> config,
            SiteIdentity identity,
            CheckpointStore store,
            Optional<EtcdDoctor> doctor,
            EtcdCopies copies,
            Whereabouts whereabouts,
            Keeper keeper,
            JobPlaces places,
            Siblings siblings,
            PeerProbes probes,
            Optional<GatewayRegister> register,
            OpenPools pools,
            PoolNames poolNames,
            PeerPools peerPools,
            PoolRenaming renaming,
            PeerStreams streams,
            Replicator replicator,
            SiteRelay relay,
            Alerting alerting,
            InstantSource clock) {}

    private final PeerAnswers peers;
    private final JobAnswers jobs;
    private final SnapshotAnswers snapshots;
    private final PoolAnswers pools;
    private final PoolMoving moving;
    private final ApplianceAnswers appliances;
    private final ServiceAnswers services;
    private final GatewayAnswers gateways;
    private final EtcdAnswers etcd;
    private final StatusAnswers status;
    private final AlertAnswers alerts;

    GatewayOperations(Parts parts) {
        this.peers = new PeerAnswers(parts);
        this.snapshots = new SnapshotAnswers(parts);
        this.jobs = new JobAnswers(parts, snapshots);
        this.pools = new PoolAnswers(parts);
        this.moving = new PoolMoving(parts, snapshots);
        this.appliances = new ApplianceAnswers(parts);
        this.etcd = new EtcdAnswers(parts);
        this.services = new ServiceAnswers(parts, peers, pools, appliances);
        this.gateways = new GatewayAnswers(parts, services);
        this.status = new StatusAnswers(parts, peers, jobs, pools, appliances);
        this.alerts = new AlertAnswers(parts, status);
    }

    @Override
    public SiteStatus status() throws OperationException {
        return status.status();
    }

    /** All alarms that stand now. */
    Sight sight() throws OperationException {
        return status.sight();
    }

    @Override
    public AlertsView alerts() throws OperationException {
        return alerts.alerts();
    }

    @Override
    public List<AlertTestView> testAlerts() throws OperationException {
        return alerts.test();
    }

    @Override
    public Readiness readiness() {
        return status.readiness();
    }

    @Override
    public List<PeerView> peers() {
        return peers.list();
    }

    @Override
    public Invitation invite(String peer, Duration life) throws OperationException {
        return peers.invite(peer, life);
    }

    @Override
    public GatewayInvitation inviteGateway(Duration life) throws OperationException {
        return peers.inviteGateway(life);
    }

    @Override
    public PeerView join(String token) throws OperationException {
        return peers.join(token);
    }

    @Override
    public RatesView rates(String peer) throws OperationException {
        return peers.rates(peer);
    }

    @Override
    public PeerView revoke(String peer) throws OperationException {
        return peers.revoke(peer);
    }

    @Override
    public List<DatasetView> datasets() {
        return jobs.datasets();
    }

    @Override
    public DatasetView dataset(String name) throws OperationException {
        return jobs.dataset(name);
    }

    @Override
    public List<JobView> replicate(String dataset, List<String> peerNames) throws OperationException {
        return jobs.replicate(dataset, peerNames);
    }

    @Override
    public IngestResult ingest(String dataset, String label, InputStream source) throws OperationException {
        return jobs.ingest(dataset, label, source);
    }

    @Override
    public List<JobView> jobs() {
        return jobs.list();
    }

    @Override
    public JobView job(String id, Duration wait) throws OperationException {
        return jobs.job(id, wait);
    }

    @Override
    public JobView cancel(String id) throws OperationException {
        return jobs.cancel(id);
    }

    @Override
    public List<SnapshotView> snapshots(Optional<String> dataset, Optional<String> peer) throws OperationException {
        return snapshots.list(dataset, peer);
    }

    @Override
    public SnapshotView snapshot(String id) throws OperationException {
        return snapshots.show(id);
    }

    @Override
    public DiffSummary diff(String from, String to, Feed<DiffEntry> changes) throws OperationException, IOException {
        return snapshots.diff(from, to, changes);
    }

    @Override
    public SnapshotView delete(String id) throws OperationException {
        return snapshots.delete(id);
    }

    @Override
    public void restore(RestoreRequest request, OutputStream out) throws OperationException, IOException {
        snapshots.restore(request, out);
    }

    @Override
    public VerifyReport verify(VerifyRequest request, Feed<VerifyProgress> progress)
            throws OperationException, IOException {
        return pools.verify(request, snapshots, progress);
    }

    @Override
    public List<PoolView> pools() throws OperationException {
        return pools.list();
    }

    @Override
    public PoolView pool(String name) throws OperationException {
        return pools.show(name);
    }

    @Override
    public PoolRenameView renamePool(String from, String to, boolean check) throws OperationException {
        return pools.rename(from, to, check);
    }

    @Override
    public JobView moveDataset(String dataset, String to) throws OperationException {
        pools.requireKnown(to);
        return jobs.view(moving.move(dataset, to).view());
    }

    @Override
    public List<ServiceView> services() throws OperationException {
        return services.list();
    }

    @Override
    public List<ServiceView> drain(Duration connections) throws OperationException {
        return gateways.drain(connections);
    }

    @Override
    public List<ServiceView> drainNoMore() throws OperationException {
        return gateways.drainNoMore();
    }

    @Override
    public ServiceView removeGateway(int number, Optional<Integer> moveTo) throws OperationException {
        return gateways.remove(number, moveTo);
    }

    @Override
    public List<ApplianceView> appliances() {
        return appliances.list();
    }

    @Override
    public EtcdView etcd() throws OperationException {
        return etcd.view();
    }

    @Override
    public EtcdCompaction compactEtcd() throws OperationException {
        return etcd.compact();
    }

    @Override
    public EtcdDefragmentation defragmentEtcd(Feed<EtcdDefragmented> progress) throws OperationException {
        return etcd.defragment(progress);
    }

    @Override
    public EtcdReplacement replaceEtcdMember(EtcdReplaceRequest request, Feed<EtcdStep> progress)
            throws OperationException {
        return etcd.replace(request, progress);
    }

    @Override
    public EtcdBackup backUpEtcd() throws OperationException {
        return etcd.backUp();
    }
}
