package io.culvert.gateway;

import io.culvert.gateway.admin.AlarmView;
import io.culvert.gateway.admin.CheckpointsView;
import io.culvert.gateway.admin.GatewayView;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.PeerView;
import io.culvert.gateway.admin.ProbeView;
import io.culvert.gateway.admin.Readiness;
import io.culvert.gateway.admin.SiteStatus;
import io.culvert.gateway.alert.Alarm;
import io.culvert.gateway.alert.Sight;
import io.culvert.gateway.checkpoint.StoreState;
import io.culvert.gateway.identity.LeafStatus;
import io.culvert.gateway.owner.Thing;
import io.culvert.siteconfig.Checkpoints;
import io.culvert.siteconfig.SiteConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
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
    private final SiteAlarms alarms;
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
        this.alarms = new SiteAlarms(parts);
        this.started = parts.clock().instant();
    }

    SiteStatus status() throws OperationException {
        SiteAlarms.Seen seen = look();
        Instant now = parts.clock().instant();
        return new SiteStatus(
                gateway(),
                seen.checkpoints(),
                seen.peers(),
                seen.datasets(),
                seen.jobs().stream()
                        .filter(job -> !job.state().hasEnded())
                        .limit(MAX_JOBS)
                        .toList(),
                seen.pools(),
                appliances.statuses(),
                alarms.look(seen).standing().stream()
                        .map(alarm -> view(alarm, seen.peers(), now))
                        .toList(),
                now);
    }

    /** What stands now. */
    Sight sight() throws OperationException {
        return alarms.look(look());
    }

    private SiteAlarms.Seen look() throws OperationException {
        return new SiteAlarms.Seen(checkpoints(), peers.list(), jobs.datasets(), jobs.list(), pools.list());
    }

    private AlarmView view(Alarm alarm, List<PeerView> peerViews, Instant now) {
        Optional<ProbeView> probe = alarm.finding()
                .flatMap(finding -> peerViews.stream()
                        .filter(peer -> alarm.id().equals(SiteAlarms.id(Thing.peer(peer.name()))))
                        .flatMap(peer -> peer.probe().stream())
                        .findFirst());
        return new AlarmView(
                alarm.id(), alarm.sentence(), parts.alerting().since(alarm.id()).orElse(now), probe);
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
}
