package io.culvert.gateway;

import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.segment.SegmentEncoder;
import io.culvert.gateway.address.HostAddresses;
import io.culvert.gateway.admin.http.AdminServer;
import io.culvert.gateway.admin.http.SiteMetrics;
import io.culvert.gateway.alert.Alerting;
import io.culvert.gateway.checkpoint.CheckpointStore;
import io.culvert.gateway.checkpoint.EtcdCheckpointStore;
import io.culvert.gateway.checkpoint.GatewayRegister;
import io.culvert.gateway.checkpoint.doctor.EtcdDoctor;
import io.culvert.gateway.identity.Endpoint;
import io.culvert.gateway.identity.PeerRoutes;
import io.culvert.gateway.identity.Scheduler;
import io.culvert.gateway.identity.SiteIdentity;
import io.culvert.gateway.owner.Keeper;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.probe.RateServer;
import io.culvert.gateway.replicate.ReplicateSettings;
import io.culvert.gateway.replicate.Replicator;
import io.culvert.gateway.stream.GatewayName;
import io.culvert.gateway.stream.PeerStreams;
import io.culvert.gateway.stream.StreamSettings;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.siteconfig.ConfigException;
import io.culvert.siteconfig.HostPort;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteConfigLoader;
import io.culvert.siteconfig.SiteName;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway of a site: the composition root, where the features meet.
 *
 * <p>Opened in this order and closed in reverse: identity, checkpoint store, pools, streams, replication, admin. What the
 * site file says is read once; {@link #reload} takes over what may change while it runs, or refuses it whole.
 */
public final class Gateway implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    /** Measurements of peers at a time. */
    private static final int RATES_SERVED = 2;

    private final Path configFile;
    private final InstantSource clock = InstantSource.system();
    private final Closing closing = new Closing();
    private final SiteIdentity identity;
    private final CheckpointStore store;
    private final boolean shared;
    private final Whereabouts whereabouts = new Whereabouts();
    private final OpenPools pools;
    private final PeerStreams streams;
    private final PeerConnections peers;
    private final Replicator replicator;
    private final ScheduledJobs schedules;
    private final SiteRelay relay;
    private final Keeper keeper;
    private final JobPlaces places;
    private final AdminServer admin;
    private final Alerting alerting;
    private final PoolRenaming renaming;
    private final Rehoming rehoming;
    private final ReentrantLock reloading = new ReentrantLock();
    private volatile SiteConfig config;

    private Gateway(Path configFile, SiteConfig config) throws IOException {
        this.configFile = configFile;
        this.config = config;
        boolean opened = false;
        try {
            Files.createDirectories(config.stateDir());
            ScheduledExecutorService timers = Executors.newScheduledThreadPool(
                    1, Thread.ofPlatform().daemon().name("timers").factory());
            // Its close() would wait for what is due in hours, such as the next renewal of the certificate.
            closing.add(timers::shutdownNow);
            identity = closing.add(openIdentity(timers));
            SiteCheckpoints checkpoints = closing.add(new SiteCheckpoints(config, identity, clock));
            shared = checkpoints.isShared();
            store = closing.add(checkpoints.openStore());
            PoolIds ids = new PoolIds(gateways());
            PoolNames names = PoolNames.open(config.stateDir(), gateways(), clock);
            pools = closing.add(new OpenPools(this::config, whereabouts, ids, names, own().toString(), clock));
            if (identity.gateways().size() == 1) {
                openPools();
            }
            names.settle(pools.named(), ids::of);
            streams = closing.add(PeerStreams.start(
                    StreamSettings.of(
                            config.site().toString(),
                            identity.gateway(),
                            new InetSocketAddress(
                                    config.listen().host(), config.listen().port()),
                            List.of(identity.service())),
                    new SiteSecurity(identity.contexts(), whereabouts)));
            PeerRoutes routes = PeerRoutes.open(config.stateDir());
            peers = new PeerConnections(this::config, identity, streams, whereabouts, routes, clock);
            Siblings siblings = closing.add(new Siblings(own(), whereabouts, streams));
            CheckpointLedger ledger = closing.add(new CheckpointLedger(store, clock));
            RandomGenerator random = new SecureRandom();
            replicator = closing.add(new Replicator(
                    new ReplicateSettings(
                            config.site().toString(),
                            config.stateDir().resolve("replicate"),
                            ReplicateSettings.BLOCKS,
                            SegmentEncoder.DEFAULT_LEVEL,
                            clock,
                            random),
                    new SiteStreams(identity.site(), streams, siblings),
                    pools,
                    ledger));
            EtcdCopies copies = new EtcdCopies(this::config, replicator, whereabouts, clock);
            Optional<EtcdDoctor> doctor = checkpoints.openDoctor(store, whereabouts, copies);
            doctor.ifPresent(closing::add);
            new PoolChannels(pools, streams, siblings, clock, random).serve();
            relay = closing.add(new SiteRelay(this::config, whereabouts, identity, streams, clock, random));
            WithinReach reach = new WithinReach(this::config, ids, names, closing.add(new Lookout(System::nanoTime)));
            keeper = closing.add(openKeeper(reach));
            places = closing.add(new JobPlaces(identity.gateway(), this::config, whereabouts, replicator));
            PeerPools peerPools = new PeerPools();
            rehoming = new Rehoming(this::config, whereabouts, names, peerPools, replicator);
            SiteTalk.Pools talked = new SiteTalk.Pools(
                    ids,
                    names,
                    peerPools,
                    pools,
                    rehoming,
                    peer -> config().grantsFor(new SiteName(peer)).write());
            closing.add(new SiteTalk(
                            reached(), identity.sharedPeers(), routes, gateways(), streams, whereabouts, talked))
                    .start();
            peers.connect(replicator::peerUp);
            relay.serve();
            streams.onOpen(
                    ChannelKind.RATE, RATES_SERVED, 1, new RateServer(peer -> PeerAnswers.sent(streams, peer))::serve);
            schedules = closing.add(new ScheduledJobs(this::config, places, replicator, clock));
            schedules.load();
            renaming = new PoolRenaming(configFile, this::config, names, whereabouts, identity.gateway(), this::reload);
            PeerProbes probes = closing.add(new PeerProbes(this::config, identity, streams, whereabouts));
            alerting = closing.add(AlertRounds.open(config, own(), clock, random));
            SiteMetrics metrics = new SiteMetrics();
            GatewayOperations operations = new GatewayOperations(new GatewayOperations.Parts(
                    this::config,
                    identity,
                    store,
                    doctor,
                    copies,
                    whereabouts,
                    keeper,
                    places,
                    siblings,
                    probes,
                    gateways(),
                    pools,
                    names,
                    peerPools,
                    renaming,
                    streams,
                    replicator,
                    relay,
                    alerting,
                    clock));
            admin = closing.add(AdminServer.start(
                    config.stateDir(), AdminListener.of(config.admin(), identity, clock), operations, metrics));
            closing.add(new OwnAilments(own().toString(), operations::services, whereabouts, keeper))
                    .start();
            closing.add(new AlertRounds(alerting, operations::sight, whereabouts, identity.gateway()))
                    .start();
            places.start();
            siblings.start();
            probes.start();
            keeper.start();
            opened = true;
        } finally {
            if (!opened) {
                closing.close();
            }
        }
    }

    /**
     * Opens a gateway.
     *
     * @throws ConfigException if the site file has problems
     * @throws IOException if something it needs cannot be opened; what was opened is closed again
     */
    public static Gateway open(Path configFile) throws ConfigException, IOException {
        SiteConfig config = SiteConfigLoader.load(configFile);
        Fingerprinter.fastest(); // begins to compile the vector code behind the start
        return new Gateway(configFile, config);
    }

    private SiteConfig config() {
        return config;
    }

    /** Where peers connect to. */
    public InetSocketAddress address() {
        return streams.address();
    }

    public Path stateDir() {
        return config.stateDir();
    }

    private SiteIdentity openIdentity(ScheduledExecutorService timers) throws IOException {
        Endpoint reached = reached();
        return SiteIdentity.open(
                new SiteIdentity.Settings(
                        config.stateDir(),
                        reached,
                        List.of(reached.host()),
                        this::siteFile,
                        new NumbersInEtcd(this::gateways, clock)),
                new SiteIdentity.Surroundings(
                        clock,
                        System::nanoTime,
                        new SecureRandom(),
                        Scheduler.of(timers),
                        closing.add(Executors.newVirtualThreadPerTaskExecutor())));
    }

    /** As it is on disk, if a gateway would start with it. */
    private byte[] siteFile() throws IOException {
        try {
            SiteConfigLoader.load(configFile);
        } catch (ConfigException e) {
            throw new IOException("it has problems now, which `culvert config check " + configFile + "` lists", e);
        }
        return Files.readAllBytes(configFile);
    }

    /** Those that cannot be opened are named in the status, with the reason. */
    private void openPools() {
        for (String pool : config.pools().keySet()) {
            try {
                pools.take(pool, null);
            } catch (IOException e) {
                LOG.atDebug().addKeyValue("pool", pool).log("the gateway starts without it: {}", e.getMessage());
            }
        }
    }

    /** Those that share the site's etcd, if it has one. */
    private Optional<GatewayRegister> gateways() {
        return shared && store instanceof EtcdCheckpointStore etcd ? Optional.of(etcd.gateways()) : Optional.empty();
    }

    private Endpoint reached() {
        HostPort at = config.advertise().orElse(config.listen());
        return new Endpoint(at.host(), at.port());
    }

    private GatewayName own() {
        return new GatewayName(identity.site(), identity.gateway());
    }

    private Keeper openKeeper(WithinReach reach) {
        return new Keeper(
                new Keeper.Surroundings(
                        identity.gateway(),
                        identity::gateways,
                        this::config,
                        peers::trusted,
                        reach,
                        relay::connections,
                        System::nanoTime),
                new StoreBook(
                        store,
                        gateways(),
                        identity.site(),
                        identity.gateway(),
                        reached().toString(),
                        clock),
                new SiteDuty(pools, peers, relay, closing.add(HostAddresses.start()), this::config),
                whereabouts,
                clock);
    }

    /**
     * Reads the site file again and takes over datasets, grants, bandwidth, schedules, alerts and other names of pools.
     *
     * @throws ConfigException if it has problems; the running configuration is kept
     * @throws IOException if it changes what needs a restart; the running configuration is kept
     */
    public void reload() throws ConfigException, IOException {
        reloading.lock();
        try {
            SiteConfig next = SiteConfigLoader.load(configFile);
            Optional<Map<String, String>> renames = renaming.renames(config, next);
            Optional<String> fixed = renames.isEmpty() ? Optional.of("pools") : fixedPart(config, next);
            if (fixed.isPresent()) {
                throw new IOException(
                        fixed.get() + " cannot change while the gateway runs; restart it: systemctl restart culvert");
            }
            takeOver(next, renames.get());
            LOG.info("the site file was read again");
        } finally {
            reloading.unlock();
        }
    }

    private void takeOver(SiteConfig next, Map<String, String> renames) throws IOException {
        SiteConfig before = config;
        pools.renamed(next, renames);
        config = next;
        if (whereabouts.isAlone()) {
            for (Map.Entry<String, String> one : renames.entrySet()) {
                pools.rename(one.getKey(), one.getValue());
            }
        } // else who owns them leaves them by the one name and takes them by the other
        rehoming.hurry();
        rehoming.look();
        peers.reload(before, next);
        alerting.use(next.alerts());
        relay.serve();
        schedules.load();
        keeper.hurry();
    }

    private static Optional<String> fixedPart(SiteConfig now, SiteConfig next) {
        if (!now.site().equals(next.site())) {
            return Optional.of("site");
        }
        if (!now.stateDir().equals(next.stateDir())) {
            return Optional.of("stateDir");
        }
        if (!now.listen().equals(next.listen()) || !now.advertise().equals(next.advertise())) {
            return Optional.of("listen or advertise");
        }
        if (!now.checkpoints().equals(next.checkpoints())) {
            return Optional.of("checkpoints");
        }
        return now.admin().equals(next.admin()) ? Optional.empty() : Optional.of("admin");
    }

    @Override
    public void close() {
        LOG.info("the gateway is ending");
        peers.end();
        closing.close();
    }
}
