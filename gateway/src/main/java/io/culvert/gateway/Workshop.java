package io.culvert.gateway;

import io.culvert.dedupe.tree.TreeWriter;
import io.culvert.gateway.admin.EtcdStep;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.ProbeStepView;
import io.culvert.gateway.admin.ProbeView;
import io.culvert.gateway.bench.MicroBench;
import io.culvert.gateway.checkpoint.EtcdProgram;
import io.culvert.gateway.checkpoint.doctor.DamagedBackupException;
import io.culvert.gateway.checkpoint.doctor.EtcdRestore;
import io.culvert.gateway.checkpoint.doctor.InitialCluster;
import io.culvert.gateway.checkpoint.doctor.RefusedUpkeepException;
import io.culvert.gateway.cli.LocalWork;
import io.culvert.gateway.identity.Endpoint;
import io.culvert.gateway.identity.GatewayJoin;
import io.culvert.gateway.identity.IdentityExistsException;
import io.culvert.gateway.identity.KnownSite;
import io.culvert.gateway.identity.Peer;
import io.culvert.gateway.identity.SiteAuthority;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.restore.Restores;
import io.culvert.siteconfig.Checkpoints;
import io.culvert.siteconfig.ConfigException;
import io.culvert.siteconfig.HostPort;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteFileCopy;
import io.culvert.siteconfig.SiteName;
import io.culvert.siteconfig.rules.KnownPeer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** What the command line does in its own process. Each method loads only the classes that it needs. */
final class Workshop implements LocalWork {

    private static final int TOKEN_BYTES = 8;

    private final Function<String, Optional<Path>> programs;

    Workshop() {
        this(EtcdProgram::find);
    }

    /** @param programs where a program of etcd is, if it is there */
    Workshop(Function<String, Optional<Path>> programs) {
        this.programs = programs;
    }

    @Override
    public void runGateway(Path siteFile) throws OperationException, InterruptedException {
        GatewayProcess.run(siteFile);
    }

    @Override
    public String makeIdentity(Path stateDir, String site) throws OperationException {
        try {
            return SiteAuthority.init(stateDir, site, InstantSource.system(), new SecureRandom())
                    .fingerprint();
        } catch (IdentityExistsException e) {
            throw new OperationException(FailureCategory.REFUSED, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new OperationException(
                    FailureCategory.FAILED, "the site's identity cannot be made: " + e.getMessage(), e);
        }
    }

    @Override
    public JoinedGateway joinGateway(String token, Path stateDir, String advertise) throws OperationException {
        GatewayJoin join = new GatewayJoin(
                stateDir, given -> siteFile(given, stateDir, advertise), InstantSource.system(), new SecureRandom());
        try {
            GatewayJoin.Joined made = join.join(token);
            return new JoinedGateway(
                    made.site() + "/" + made.number(), made.fingerprint(), made.peers(), made.isFinished());
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    private static byte[] siteFile(byte[] given, Path stateDir, String advertise) throws IOException {
        try {
            SiteFileCopy copy = SiteFileCopy.read(given);
            SiteConfig there = copy.config();
            int port = there.advertise().orElse(there.listen()).port();
            boolean hasPort = advertise.matches("(\\[.*]|[^:]*):[0-9]+");
            return copy.placed(stateDir, hasPort ? HostPort.parse(advertise) : new HostPort(advertise, port));
        } catch (ConfigException e) {
            throw new IOException("the site file that came has problems: " + e.getMessage(), e);
        }
    }

    @Override
    public void preloadRestore() {
        TreeWriter.preload();
    }

    @Override
    public RestoreSummary restoreTree(InputStream restoreStream, Path target, Consumer<String> waiting)
            throws IOException {
        return Restores.toDirectory(restoreStream, target, waiting);
    }

    @Override
    public RestoreSummary restoreTar(InputStream restoreStream, OutputStream out, Consumer<String> waiting)
            throws IOException {
        return Restores.toTar(restoreStream, out, waiting);
    }

    @Override
    public RestoreSummary restoreBytes(InputStream restoreStream, OutputStream out, Consumer<String> waiting)
            throws IOException {
        return Restores.toBytes(restoreStream, out, waiting);
    }

    @Override
    public EtcdBackupFile newestEtcdBackup(Path stateDir) throws OperationException {
        Path backups = stateDir.resolve(Checkpoints.BACKUPS);
        Optional<EtcdRestore.Found> newest;
        try {
            newest = EtcdRestore.newest(backups);
        } catch (IOException e) {
            throw new OperationException(FailureCategory.FAILED, backups + " cannot be listed: " + reason(e), e);
        }
        return newest.map(found -> new EtcdBackupFile(found.file(), found.at()))
                .orElseThrow(() -> Failures.notFound("there is no backup of etcd in " + backups
                        + "; name a file, ours or one of \"etcdctl snapshot save\""));
    }

    @Override
    public EtcdRestored restoreEtcd(EtcdRestoreOrder order) throws OperationException, InterruptedException {
        InitialCluster cluster = cluster(order);
        Path etcdctl = programs.apply("etcdctl")
                .orElseThrow(
                        () -> new OperationException(
                                FailureCategory.FAILED,
                                "etcdctl, which makes the data, is not on this host: install it with \"apt install etcd-client\""));
        String token = order.token().orElseGet(Workshop::token);
        try {
            EtcdRestore.Restored done = new EtcdRestore(etcdctl)
                    .restore(new EtcdRestore.Order(order.backup(), order.dataDir(), order.name(), cluster, token));
            return new EtcdRestored(
                    order.backup().toString(),
                    order.dataDir().toString(),
                    order.name(),
                    order.initialCluster(),
                    token,
                    done.databaseBytes(),
                    done.next().stream()
                            .map(step -> new EtcdStep(step.sentence(), step.commands()))
                            .toList());
        } catch (RefusedUpkeepException e) {
            throw new OperationException(FailureCategory.REFUSED, String.valueOf(e.getMessage()), e);
        } catch (DamagedBackupException e) {
            throw new OperationException(
                    FailureCategory.FAILED, e.getMessage() + "; nothing was made, " + other(order.backup()), e);
        } catch (IOException e) {
            throw new OperationException(
                    FailureCategory.FAILED, "the data of " + order.name() + " were not made: " + reason(e), e);
        }
    }

    /** What to take in place of a damaged one, a clause. */
    private static String other(Path damaged) {
        try {
            return EtcdRestore.before(damaged)
                    .map(file -> "the one before it is " + file)
                    .orElse("and there is no older one beside it");
        } catch (IOException e) {
            return "take another one";
        }
    }

    private static InitialCluster cluster(EtcdRestoreOrder order) throws OperationException {
        InitialCluster cluster;
        try {
            cluster = InitialCluster.parse(order.initialCluster());
        } catch (IllegalArgumentException e) {
            throw Failures.usage(String.valueOf(e.getMessage()));
        }
        if (!cluster.members().containsKey(order.name())) {
            throw Failures.usage("--name is " + order.name() + ", and the initial cluster has only "
                    + String.join(", ", cluster.members().keySet()));
        }
        return cluster;
    }

    /** No other cluster has it. */
    private static String token() {
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        return "culvert-" + HexFormat.of().formatHex(random);
    }

    @Override
    public EtcdMigrated migrateCheckpoints(EtcdMigrateOrder order, Consumer<String> progress)
            throws OperationException, InterruptedException {
        return SiteMigration.move(order, progress);
    }

    @Override
    public EtcdReopened reopenCheckpoints(SiteConfig site) throws OperationException, InterruptedException {
        return SiteMigration.reopen(site);
    }

    @Override
    public EnrolledPeers enrolledPeers(Path stateDir) {
        try {
            KnownSite known = KnownSite.read(stateDir);
            return new EnrolledPeers(
                    known.peers().stream().map(peer -> knownPeer(peer, known)).toList(),
                    known.gateways(),
                    Optional.empty());
        } catch (IOException e) {
            return new EnrolledPeers(List.of(), 1, Optional.of(reason(e)));
        }
    }

    private static KnownPeer knownPeer(Peer peer, KnownSite known) {
        List<HostPort> told = known.routes().getOrDefault(peer.name(), List.of()).stream()
                .flatMap(endpoint -> hostPort(endpoint).stream())
                .toList();
        return new KnownPeer(
                new SiteName(peer.name()),
                new HostPort(peer.endpoint().host(), peer.endpoint().port()),
                told,
                peer.dials(),
                !peer.isRevoked());
    }

    /** Nothing for what a peer tells that is no host. */
    private static Optional<HostPort> hostPort(Endpoint endpoint) {
        try {
            return Optional.of(new HostPort(endpoint.host(), endpoint.port()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public String loadedNftables() throws OperationException, InterruptedException {
        return HostRules.nftables();
    }

    @Override
    public String loadedIptables() throws OperationException, InterruptedException {
        return HostRules.iptables();
    }

    @Override
    public ProbeView probe(ProbeOrder order, Consumer<ProbeStepView> told)
            throws OperationException, InterruptedException {
        return SiteProbe.run(order, told);
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> missing.getMessage() + " is not there";
            case AccessDeniedException denied ->
                "this user may not use " + denied.getMessage() + "; run the command as root";
            default -> String.valueOf(e.getMessage());
        };
    }

    @Override
    public void bench(BenchListener listener) throws OperationException, InterruptedException {
        try {
            MicroBench.run(listener, contexts -> new SiteSecurity(contexts, new Whereabouts()));
        } catch (IOException e) {
            throw new OperationException(FailureCategory.FAILED, "the benchmark broke off: " + e.getMessage(), e);
        }
    }
}
