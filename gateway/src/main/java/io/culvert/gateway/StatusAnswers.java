package io.culvert.gateway;

import io.culvert.gateway.admin.CheckpointsView;
import io.culvert.gateway.admin.DatasetView;
import io.culvert.gateway.admin.GatewayView;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.PeerView;
import io.culvert.gateway.admin.PoolView;
import io.culvert.gateway.admin.Readiness;
import io.culvert.gateway.admin.ReplicaView;
import io.culvert.gateway.admin.SiteStatus;
import io.culvert.gateway.admin.StreamView;
import io.culvert.gateway.checkpoint.StoreState;
import io.culvert.gateway.identity.LeafStatus;
import io.culvert.gateway.owner.Book;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.relay.VirtualAddressStatus;
import io.culvert.gateway.stream.StreamState;
import io.culvert.siteconfig.Checkpoints;
import io.culvert.siteconfig.SiteConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers with one screen about the site. */
final class StatusAnswers {

    private static final int MAX_JOBS = 50;

    private final GatewayOperations.Parts parts;
    private final PeerAnswers peers;
    private final JobAnswers jobs;
    private final PoolAnswers pools;
    private final ApplianceAnswers appliances;
    private final Instant started;

    StatusAnswers(
            GatewayOperations.Parts parts,
            PeerAnswers peers,
            JobAnswers jobs,
            PoolAnswers pools,
            ApplianceAnswers appliances) {
        this.parts = parts;
        this.peers = peers;
        this.jobs = jobs;
        this.pools = pools;
        this.appliances = appliances;
        this.started = parts.clock().instant();
    }

    SiteStatus status() throws OperationException {
        List<PeerView> peerViews = peers.list();
        List<DatasetView> datasets = jobs.datasets();
        List<PoolView> poolViews = pools.list();
        List<JobView> running = jobs.list().stream()
                .filter(job -> !job.state().hasEnded())
                .limit(MAX_JOBS)
                .toList();
        CheckpointsView checkpoints = checkpoints();
        return new SiteStatus(
                gateway(),
                checkpoints,
                peerViews,
                datasets,
                running,
                poolViews,
                appliances.statuses(),
                alarms(checkpoints, peerViews, datasets, poolViews),
                parts.clock().instant());
    }

    Readiness readiness() {
        StoreState state = parts.store().state();
        return switch (state.health()) {
            case LIVE, AWAY -> new Readiness(true, "the gateway does its work");
            case STOPPED, REFUSED, CLOSED -> new Readiness(false, state.sentence());
        };
    }

    private GatewayView gateway() {
        SiteConfig config = parts.config().get();
        return new GatewayView(
                config.site().toString(),
                Version.text(),
                ProcessHandle.current().pid(),
                started,
                config.listen().toString(),
                Optional.of(config.admin().listen().toString()),
                config.stateDir().toString(),
                parts.identity().fingerprint(),
                Optional.of(certificateEnd()),
                residentBytes());
    }

    private Instant certificateEnd() {
        return switch (parts.identity().leafStatus()) {
            case LeafStatus.Valid valid -> valid.until();
            case LeafStatus.Overdue overdue -> overdue.until();
            case LeafStatus.Ended ended -> ended.until();
        };
    }

    /** VmRSS of this process, 0 where there is no /proc. */
    private static long residentBytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                }
            }
            return 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private CheckpointsView checkpoints() {
        StoreState state = parts.store().state();
        String kind = switch (parts.config().get().checkpoints()) {
            case Checkpoints.Etcd etcd -> "etcd";
            case Checkpoints.Spawned spawned -> "etcd";
            case Checkpoints.Embedded embedded -> "embedded";
        };
        return new CheckpointsView(
                kind, CheckpointsView.State.valueOf(state.health().name()), state.since(), state.sentence());
    }

    private List<String> alarms(
            CheckpointsView checkpoints, List<PeerView> peers, List<DatasetView> datasets, List<PoolView> pools) {
        List<String> alarms = new ArrayList<>();
        if (checkpoints.state() != CheckpointsView.State.LIVE) {
            alarms.add("checkpoints: " + checkpoints.sentence());
        }
        parts.doctor().ifPresent(doctor -> doctor.alarms().forEach(alarm -> alarms.add("etcd: " + alarm)));
        alarms.addAll(gatewayAlarms());
        for (PeerView peer : peers) {
            if (peer.revoked().isEmpty() && peer.stream().state() != StreamView.State.UP) {
                alarm(
                                Thing.peer(peer.name()),
                                " is not connected: " + peer.stream().reason())
                        .ifPresent(alarms::add);
            }
        }
        for (PoolView pool : pools) {
            if (pool.state() != PoolView.State.OPEN) {
                alarm(Thing.pool(pool.name()), ": " + pool.reason()).ifPresent(alarms::add);
            }
        }
        for (VirtualAddressStatus appliance : parts.relay().addresses()) {
            if (!appliance.serving()) {
                alarms.add("appliance " + appliance.name() + ": " + appliance.trouble());
            } else if (!appliance.programsTrouble().isEmpty()
                    && parts.streams().status(appliance.peer()).state() == StreamState.UP) {
                alarms.add("appliance " + appliance.name() + ": " + appliance.programsTrouble());
            }
        }
        for (DatasetView dataset : datasets) {
            for (ReplicaView replica : dataset.replicas()) {
                if (replica.late()) {
                    alarms.add("dataset " + dataset.name() + " is late at " + replica.peer() + ": "
                            + replica.lagSeconds().orElse(0L) + " s behind");
                }
            }
        }
        return alarms;
    }

    private List<String> gatewayAlarms() {
        List<String> alarms = new ArrayList<>();
        if (!parts.whereabouts().trouble().isEmpty()) {
            alarms.add("owners: " + parts.whereabouts().trouble());
        }
        for (Book.Gateway gateway : parts.whereabouts().gateways()) {
            boolean serves = gateway.mode() == Book.Mode.SERVING || gateway.mode() == Book.Mode.DRAINING;
            if (serves && gateway.live()) {
                parts.siblings()
                        .trouble(gateway.number())
                        .ifPresent(trouble -> alarms.add("gateway " + gateway.name() + ": " + trouble));
            }
            if (serves && !gateway.live()) {
                alarms.add("gateway " + gateway.name() + " on host " + gateway.host() + " was last seen at "
                        + gateway.seen().truncatedTo(ChronoUnit.SECONDS)
                        + "; what it owned is with the others, but pools on disks that only that host sees; if it is gone"
                        + " for good: culvert gateway remove " + gateway.number());
            }
        }
        return alarms;
    }

    /** What is wrong with a thing, unless another gateway has it, which says so itself. */
    private Optional<String> alarm(Thing thing, String wrong) {
        return switch (parts.whereabouts().of(thing)) {
            case Whereabouts.Place.Here here -> Optional.of(thing + wrong);
            case Whereabouts.Place.Elsewhere other -> Optional.empty();
            case Whereabouts.Place.Nowhere none ->
                Optional.of(parts.whereabouts().sentence(thing));
        };
    }
}
