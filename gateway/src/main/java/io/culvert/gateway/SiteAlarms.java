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
import io.culvert.gateway.alert.Sight;
import io.culvert.gateway.checkpoint.StoreState;
import io.culvert.gateway.identity.LeafStatus;
import io.culvert.gateway.owner.Book;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.relay.VirtualAddressStatus;
import io.culvert.gateway.stream.StreamState;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

    /** Those that stand now, and of what it is not known. */
    Sight look(Seen seen) {
        List<Alarm> alarms = new ArrayList<>();
        Set<String> unsure = new HashSet<>(parts.alerting().unsure());
        if (seen.checkpoints().state() != CheckpointsView.State.LIVE) {
            alarms.add(Alarm.own(
                    "checkpoints", "", "checkpoints: " + seen.checkpoints().sentence()));
        }
        parts.doctor()
                .ifPresent(doctor -> doctor.alarms()
                        .forEach((check, sentence) ->
                                alarms.add(Alarm.ofSite("etcd:" + check.replace(' ', '-'), "", "etcd: " + sentence))));
        gateways(alarms);
        certificate().ifPresent(alarms::add);
        alarms.addAll(parts.alerting().own());
        seen.peers().forEach(peer -> peer(peer).ifPresent(alarms::add));
        seen.pools().forEach(pool -> pool(pool).ifPresent(alarms::add));
        appliances(alarms, unsure);
        datasets(seen, alarms, unsure);
        if (isBlind()) {
            unsure.addAll(List.of("pool:", "peer:", "appliance:"));
        }
        Map<String, Alarm> each = new LinkedHashMap<>();
        alarms.forEach(alarm -> each.putIfAbsent(alarm.id(), alarm));
        return new Sight(List.copyOf(each.values()), unsure);
    }

    /** Whether it cannot be told now what the site's other gateways have. */
    private boolean isBlind() {
        return !parts.whereabouts().isAlone()
                && (!parts.whereabouts().trouble().isEmpty()
                        || parts.store().state().health() != StoreState.Health.LIVE);
    }

    private void datasets(Seen seen, List<Alarm> alarms, Set<String> unsure) {
        if (!parts.replicator().isRecalled()) {
            unsure.addAll(List.of("late:", "failed:"));
        }
        for (DatasetView dataset : seen.datasets()) {
            for (ReplicaView replica : dataset.replicas()) {
                late(dataset, replica).ifPresent(alarms::add);
                Optional<JobView> last = last(dataset, replica, seen.jobs());
                if (replica.job().isPresent() || last.isEmpty()) {
                    unsure.add("failed:" + target(dataset, replica)); // not before one has ended well
                }
                last.filter(job -> replica.job().isEmpty())
                        .flatMap(job -> failed(dataset, replica, job))
                        .ifPresent(alarms::add);
            }
        }
    }

    private void gateways(List<Alarm> alarms) {
        if (!parts.whereabouts().trouble().isEmpty()) {
            alarms.add(Alarm.own("owners", "", "owners: " + parts.whereabouts().trouble()));
        }
        for (Book.Gateway gateway : parts.whereabouts().gateways()) {
            boolean serves = gateway.mode() == Book.Mode.SERVING || gateway.mode() == Book.Mode.DRAINING;
            if (serves && gateway.live()) {
                parts.siblings()
                        .trouble(gateway.number())
                        .ifPresent(trouble -> alarms.add(Alarm.own(
                                "reach:" + gateway.name(), "", "gateway " + gateway.name() + ": " + trouble)));
            }
            if (serves && !gateway.live()) {
                alarms.add(Alarm.ofSite(
                        "gateway:" + gateway.name(),
                        "",
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
            case LeafStatus.Overdue overdue -> Optional.of(Alarm.own("certificate", "overdue", overdue.sentence()));
            case LeafStatus.Ended ended -> Optional.of(Alarm.own("certificate", "ended", ended.sentence()));
        };
    }

    private Optional<Alarm> peer(PeerView peer) {
        if (peer.revoked().isPresent() || peer.stream().state() == StreamView.State.UP) {
            return Optional.empty();
        }
        return of(
                Thing.peer(peer.name()),
                "away",
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
                : of(Thing.pool(pool.name()), word(pool.state()), ": " + pool.reason(), Optional.empty(), false);
    }

    private void appliances(List<Alarm> alarms, Set<String> unsure) {
        for (VirtualAddressStatus appliance : parts.relay().addresses()) {
            String id = "appliance:" + appliance.name();
            String name = "appliance " + appliance.name() + ": ";
            boolean connected = parts.streams().status(appliance.peer()).state() == StreamState.UP;
            if (!appliance.serving()) {
                alarms.add(Alarm.own(id, "address", name + appliance.trouble()));
            } else if (connected && !appliance.programsTrouble().isEmpty()) {
                alarms.add(Alarm.own(id, "programs", name + appliance.programsTrouble()));
            } else if (!connected) {
                unsure.add(id); // its programs come from the peer
            }
        }
    }

    private static Optional<Alarm> late(DatasetView dataset, ReplicaView replica) {
        return replica.late()
                ? Optional.of(Alarm.ofSite(
                        "late:" + target(dataset, replica),
                        "",
                        "dataset " + dataset.name() + " is late at " + replica.peer() + ": "
                                + replica.lagSeconds()
                                        .map(lag -> lag + " s behind")
                                        .orElse("there is no complete replica")))
                : Optional.empty();
    }

    /** The one that ended last, and was not cancelled. */
    private static Optional<JobView> last(DatasetView dataset, ReplicaView replica, List<JobView> jobs) {
        return jobs.stream()
                .filter(job -> job.dataset().equals(dataset.name())
                        && job.pool().equals(replica.pool())
                        && job.peer().equals(Optional.of(replica.peer()))
                        && job.state().hasEnded()
                        && job.state() != JobState.CANCELLED)
                .max(Comparator.comparing(job -> job.ended().orElse(job.created())));
    }

    private static Optional<Alarm> failed(DatasetView dataset, ReplicaView replica, JobView job) {
        return job.state() == JobState.FAILED
                ? Optional.of(Alarm.ofSite(
                        "failed:" + target(dataset, replica),
                        "",
                        "dataset " + dataset.name() + " was not replicated to " + replica.peer() + ": "
                                + job.failure().orElse("job " + job.id() + " failed")))
                : Optional.empty();
    }

    private static String word(PoolView.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String target(DatasetView dataset, ReplicaView replica) {
        return dataset.name() + ":" + replica.peer() + ":" + replica.pool();
    }

    /** The id of what is wrong with a thing. */
    static String id(Thing thing) {
        return thing.word() + ":" + thing.name();
    }

    /** What is wrong with a thing, unless another gateway has it, which says so itself. */
    private Optional<Alarm> of(Thing thing, String cause, String wrong, Optional<Finding> finding, boolean awaited) {
        String id = id(thing);
        return switch (parts.whereabouts().of(thing)) {
            case Whereabouts.Place.Here here ->
                Optional.of(new Alarm(id, cause, Alarm.Scope.GATEWAY, thing + wrong, finding, awaited));
            case Whereabouts.Place.Elsewhere other -> Optional.empty();
            case Whereabouts.Place.Nowhere none ->
                isBlind()
                        ? Optional.empty() // what blinds it is an alarm
                        : Optional.of(
                                Alarm.ofSite(id, "nowhere", parts.whereabouts().sentence(thing)));
        };
    }
}
