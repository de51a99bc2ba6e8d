package io.culvert.gateway;

import io.culvert.gateway.admin.CheckpointsView;
import io.culvert.gateway.admin.DatasetView;
import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.admin.PeerView;
import io.culvert.gateway.admin.PoolView;
import io.culvert.gateway.admin.ProbeView;
import io.culvert.gateway.admin.ReplicaView;
import io.culvert.gateway.admin.StreamView;
import io.culvert.gateway.alert.Alarm;
import io.culvert.gateway.alert.Finding;
import io.culvert.gateway.identity.LeafStatus;
import io.culvert.gateway.owner.Book;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.relay.VirtualAddressStatus;
import io.culvert.gateway.stream.StreamState;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds what is wrong with the site and what a person must see to: at one look, without memory. Of what several gateways see each is
 * told by the one that has it.
 */
final class SiteAlarms {

    private final GatewayOperations.Parts parts;

    SiteAlarms(GatewayOperations.Parts parts) {
        this.parts = parts;
    }

    /** What the rest of the status says of it. */
    record Seen(
            CheckpointsView checkpoints,
            List<PeerView> peers,
            List<DatasetView> datasets,
            List<JobView> jobs,
            List<PoolView> pools) {}

    /** Those that stand now, each id once, the gravest part of the site first. */
    List<Alarm> look(Seen seen) {
        List<Alarm> alarms = new ArrayList<>();
        if (seen.checkpoints().state() != CheckpointsView.State.LIVE) {
            alarms.add(Alarm.own(
                    "checkpoints", "checkpoints: " + seen.checkpoints().sentence()));
        }
        parts.doctor()
                .ifPresent(doctor -> doctor.alarms()
                        .forEach((check, sentence) ->
                                alarms.add(Alarm.ofSite("etcd:" + check.replace(' ', '-'), "etcd: " + sentence))));
        gateways(alarms);
        certificate().ifPresent(alarms::add);
        alarms.addAll(parts.alerting().own());
        seen.peers().forEach(peer -> peer(peer).ifPresent(alarms::add));
        seen.pools().forEach(pool -> pool(pool).ifPresent(alarms::add));
        appliances(alarms);
        for (DatasetView dataset : seen.datasets()) {
            for (ReplicaView replica : dataset.replicas()) {
                late(dataset, replica).ifPresent(alarms::add);
                failed(dataset, replica, seen.jobs()).ifPresent(alarms::add);
            }
        }
        Map<String, Alarm> each = new LinkedHashMap<>();
        alarms.forEach(alarm -> each.putIfAbsent(alarm.id(), alarm));
        return List.copyOf(each.values());
    }

    private void gateways(List<Alarm> alarms) {
        if (!parts.whereabouts().trouble().isEmpty()) {
            alarms.add(Alarm.own("owners", "owners: " + parts.whereabouts().trouble()));
        }
        for (Book.Gateway gateway : parts.whereabouts().gateways()) {
            boolean serves = gateway.mode() == Book.Mode.SERVING || gateway.mode() == Book.Mode.DRAINING;
            if (serves && gateway.live()) {
                parts.siblings()
                        .trouble(gateway.number())
                        .ifPresent(trouble -> alarms.add(
                                Alarm.own("reach:" + gateway.name(), "gateway " + gateway.name() + ": " + trouble)));
            }
            if (serves && !gateway.live()) {
                alarms.add(Alarm.ofSite(
                        "gateway:" + gateway.name(),
                        "gateway " + gateway.name() + " on host " + gateway.host() + " was last seen at "
                                + gateway.seen().truncatedTo(ChronoUnit.SECONDS)
                                + "; what it owned is with the others, but pools on disks that only that host sees; if"
                                + " it is gone for good: culvert gateway remove " + gateway.number()));
            }
        }
    }

    private Optional<Alarm> certificate() {
        LeafStatus leaf = parts.identity().leafStatus();
        return switch (leaf) {
            case LeafStatus.Valid valid -> Optional.empty();
            case LeafStatus.Overdue overdue -> Optional.of(Alarm.own("certificate", overdue.sentence()));
            case LeafStatus.Ended ended -> Optional.of(Alarm.own("certificate", ended.sentence()));
        };
    }

    private Optional<Alarm> peer(PeerView peer) {
        if (peer.revoked().isPresent() || peer.stream().state() == StreamView.State.UP) {
            return Optional.empty();
        }
        return of(
                Thing.peer(peer.name()),
                " is not connected: " + peer.stream().reason(),
                peer.probe().map(SiteAlarms::finding),
                parts.probes().isAwaited(peer.name()));
    }

    private static Finding finding(ProbeView probe) {
        return new Finding(
                probe.verdict(), probe.layer(), probe.confidence(), probe.evidence(), probe.ask(), probe.rule());
    }

    private Optional<Alarm> pool(PoolView pool) {
        return pool.state() == PoolView.State.OPEN
                ? Optional.empty()
                : of(Thing.pool(pool.name()), ": " + pool.reason(), Optional.empty(), false);
    }

    private void appliances(List<Alarm> alarms) {
        for (VirtualAddressStatus appliance : parts.relay().addresses()) {
            String id = "appliance:" + appliance.name();
            if (!appliance.serving()) {
                alarms.add(Alarm.own(id, "appliance " + appliance.name() + ": " + appliance.trouble()));
            } else if (!appliance.programsTrouble().isEmpty()
                    && parts.streams().status(appliance.peer()).state() == StreamState.UP) {
                alarms.add(Alarm.own(id, "appliance " + appliance.name() + ": " + appliance.programsTrouble()));
            }
        }
    }

    private static Optional<Alarm> late(DatasetView dataset, ReplicaView replica) {
        return replica.late()
                ? Optional.of(Alarm.ofSite(
                        "late:" + target(dataset, replica),
                        "dataset " + dataset.name() + " is late at " + replica.peer() + ": "
                                + replica.lagSeconds().orElse(0L) + " s behind"))
                : Optional.empty();
    }

    /** The last job that ended failed, and none goes on. */
    private static Optional<Alarm> failed(DatasetView dataset, ReplicaView replica, List<JobView> jobs) {
        if (replica.job().isPresent()) {
            return Optional.empty();
        }
        return jobs.stream()
                .filter(job -> job.dataset().equals(dataset.name())
                        && job.pool().equals(replica.pool())
                        && job.peer().equals(Optional.of(replica.peer()))
                        && job.state().hasEnded())
                .max(Comparator.comparing(job -> job.ended().orElse(job.created())))
                .filter(job -> job.state() == JobState.FAILED)
                .map(job -> Alarm.ofSite(
                        "failed:" + target(dataset, replica),
                        "dataset " + dataset.name() + " was not replicated to " + replica.peer() + ": "
                                + job.failure().orElse("job " + job.id() + " failed")));
    }

    private static String target(DatasetView dataset, ReplicaView replica) {
        return dataset.name() + ":" + replica.peer() + ":" + replica.pool();
    }

    /** The id of what is wrong with a thing. */
    static String id(Thing thing) {
        return thing.word() + ":" + thing.name();
    }

    /** What is wrong with a thing, unless another gateway has it, which says so itself. */
    private Optional<Alarm> of(Thing thing, String wrong, Optional<Finding> finding, boolean awaited) {
        String id = id(thing);
        return switch (parts.whereabouts().of(thing)) {
            case Whereabouts.Place.Here here ->
                Optional.of(new Alarm(id, Alarm.Scope.GATEWAY, thing + wrong, finding, awaited));
            case Whereabouts.Place.Elsewhere other -> Optional.empty();
            case Whereabouts.Place.Nowhere none ->
                Optional.of(Alarm.ofSite(id, parts.whereabouts().sentence(thing)));
        };
    }
}
