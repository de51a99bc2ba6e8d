package io.culvert.gateway;

import io.culvert.gateway.checkpoint.CheckpointStore;
import io.culvert.gateway.checkpoint.EmbeddedCheckpointStore;
import io.culvert.gateway.checkpoint.EtcdCheckpointStore;
import io.culvert.gateway.checkpoint.EtcdChild;
import io.culvert.gateway.checkpoint.EtcdSettings;
import io.culvert.gateway.checkpoint.MarkedStoreException;
import io.culvert.gateway.checkpoint.doctor.Copies;
import io.culvert.gateway.checkpoint.doctor.EtcdDoctor;
import io.culvert.gateway.identity.SiteIdentity;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.siteconfig.Checkpoints;
import io.culvert.siteconfig.SiteConfig;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Opens what the site file says of checkpoints: the store, and the doctor of the etcd that it is in. */
final class SiteCheckpoints implements AutoCloseable {

    /** How long a start waits for etcd to say whether the store may be worked with. */
    private static final Duration FIRST_ANSWER = Duration.ofSeconds(2);

    private final SiteConfig config;
    private final SiteIdentity identity;
    private final InstantSource clock;
    private Optional<Checkpoints.Etcd> reached;
    private @Nullable EtcdChild child;

    SiteCheckpoints(SiteConfig config, SiteIdentity identity, InstantSource clock) {
        this.reached = config.checkpoints() instanceof Checkpoints.Etcd etcd ? Optional.of(etcd) : Optional.empty();
        this.config = config;
        this.identity = identity;
        this.clock = clock;
    }

    /**
     * Opens the store; etcd need not be there for that.
     *
     * @throws MarkedStoreException if it is known to have been left for another one, or not to be complete
     */
    CheckpointStore openStore() throws IOException {
        return switch (config.checkpoints()) {
            case Checkpoints.Embedded embedded ->
                EmbeddedCheckpointStore.open(config.stateDir().resolve("checkpoints"), name(), clock);
            case Checkpoints.Etcd etcd -> openEtcd(etcd);
            case Checkpoints.Spawned spawned -> openEtcd(run(spawned));
        };
    }

    private CheckpointStore openEtcd(Checkpoints.Etcd etcd) throws IOException {
        EtcdCheckpointStore store =
                EtcdCheckpointStore.open(settings(etcd), EtcdReach.memory(config.stateDir()), clock);
        boolean usable = false;
        try {
            store.requireUnmarked(FIRST_ANSWER);
            usable = true;
            return store;
        } finally {
            if (!usable) {
                store.close();
            }
        }
    }

    /** Runs etcd, and says where it is. */
    private Checkpoints.Etcd run(Checkpoints.Spawned spawned) throws IOException {
        try {
            EtcdChild started = EtcdChild.start(spawned.program(), EtcdReach.spawnedIn(config.stateDir()));
            child = started;
            Checkpoints.Etcd etcd = EtcdReach.of(started, spawned);
            reached = Optional.of(etcd);
            return etcd;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the gateway is ending");
        }
    }

    /** Whether other gateways of the site can reach the store. */
    boolean isShared() {
        return config.checkpoints() instanceof Checkpoints.Etcd;
    }

    /** Stops what it runs, after the store was closed. */
    @Override
    public void close() {
        EtcdChild running = child;
        if (running != null) {
            running.close();
        }
    }

    /** Looks after the etcd that the store is in. */
    Optional<EtcdDoctor> openDoctor(CheckpointStore store, Whereabouts whereabouts, Copies copies) throws IOException {
        if (reached.isPresent() && store instanceof EtcdCheckpointStore in) {
            Checkpoints.Etcd etcd = reached.get();
            return Optional.of(EtcdDoctor.start(
                    settings(etcd),
                    care(etcd, whereabouts, copies),
                    new EtcdDoctor.Counters(in::lostLeases, in::setBacks),
                    clock));
        }
        return Optional.empty();
    }

    private EtcdDoctor.Care care(Checkpoints.Etcd etcd, Whereabouts whereabouts, Copies copies) {
        return new EtcdDoctor.Care(
                etcd.maintenance() == Checkpoints.Maintenance.AUTO,
                config.stateDir().resolve(Checkpoints.BACKUPS),
                () -> whereabouts.isFirst(identity.gateway()),
                copies);
    }

    private EtcdSettings settings(Checkpoints.Etcd etcd) throws IOException {
        return EtcdReach.settings(etcd, config.site().toString(), name(), EtcdSettings.Timing.DEFAULT);
    }

    private String name() {
        return identity.site() + "/" + identity.gateway();
    }
}
