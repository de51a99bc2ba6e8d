package io.culvert.gateway.admin.http;

import io.culvert.gateway.admin.CheckpointsView;
import io.culvert.gateway.admin.DatasetView;
import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.PeerView;
import io.culvert.gateway.admin.PoolView;
import io.culvert.gateway.admin.ProbeView;
import io.culvert.gateway.admin.ReplicaView;
import io.culvert.gateway.admin.SiteOperations;
import io.culvert.gateway.admin.SiteStatus;
import io.culvert.gateway.admin.StreamView;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;

/**
 * The numbers of a site as OpenMetrics, names {@code culvert_*}: what its status says at the moment of the scrape, and
 * whatever other parts of the gateway register in {@link #registry}.
 */
public final class SiteMetrics {
    static final String OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, StreamView> streams = new ConcurrentHashMap<>();
    private final MultiGauge up = gauge("culvert.stream.up", "Whether the stream to a peer is up", "");
    private final MultiGauge roundTrip = gauge("culvert.stream.round.trip", "Of the last ping", "seconds");
    private final MultiGauge lag = gauge("culvert.replica.lag", "Age of the newest complete replica", "seconds");
    private final MultiGauge late = gauge("culvert.replica.late", "Whether the lag is beyond the dataset's rpo", "");
    private final MultiGauge poolUsed = gauge("culvert.pool.used", "On disk", "bytes");
    private final MultiGauge poolFree = gauge("culvert.pool.free", "Until quota or disk is full", "bytes");
    private final MultiGauge poolSnapshots = gauge("culvert.pool.snapshots", "Complete snapshots held", "");
    private final MultiGauge jobs = gauge("culvert.jobs", "Jobs under way", "");
    private final MultiGauge checkpoints = gauge("culvert.checkpoints.live", "Whether the store takes writes", "");
    private final MultiGauge resident = gauge("culvert.process.resident", "Memory of the gateway", "bytes");
    private final RelayMetrics relay = new RelayMetrics(registry);
    private final MultiGauge alarms = gauge("culvert.alarms", "What a person must see to", "");
    private final MultiGauge alarm =
            gauge("culvert.alarm", "Each thing that a person must see to, and what a probe found", "");

    /** For meters of other parts; their names begin with {@code culvert}. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    String scrape(SiteOperations operations) throws OperationException {
        SiteStatus status = operations.status();
        lock.lock();
        try {
            update(status);
            return registry.scrape(OPENMETRICS);
        } finally {
            lock.unlock();
        }
    }

    private void update(SiteStatus status) {
        status.peers().forEach(this::updateStream);
        register(up, status.peers(), peer -> Tags.of("peer", peer.name()), peer -> isUp(peer) ? 1 : 0);
        register(
                roundTrip,
                status.peers().stream()
                        .filter(peer -> peer.stream().roundTripMillis().isPresent())
                        .toList(),
                peer -> Tags.of("peer", peer.name()),
                peer -> peer.stream().roundTripMillis().orElse(0.0) / 1000);
        List<Replica> replicas = new ArrayList<>();
        for (DatasetView dataset : status.datasets()) {
            dataset.replicas().forEach(replica -> replicas.add(new Replica(dataset.name(), replica)));
        }
        register(
                lag,
                replicas.stream().filter(r -> r.view().lagSeconds().isPresent()).toList(),
                Replica::tags,
                r -> r.view().lagSeconds().orElse(0L));
        register(late, replicas, Replica::tags, r -> r.view().late() ? 1 : 0);
        register(poolUsed, status.pools(), SiteMetrics::tags, PoolView::usedBytes);
        register(poolFree, status.pools(), SiteMetrics::tags, PoolView::freeBytes);
        register(poolSnapshots, status.pools(), SiteMetrics::tags, PoolView::snapshots);
        register(
                jobs,
                Arrays.stream(JobState.values())
                        .filter(state -> !state.hasEnded())
                        .toList(),
                state -> Tags.of("state", state.name().toLowerCase(java.util.Locale.ROOT)),
                state -> status.jobs().stream()
                        .filter(job -> job.state() == state)
                        .count());
        List<SiteStatus> one = List.of(status);
        register(
                checkpoints,
                one,
                s -> Tags.of("kind", s.checkpoints().kind()),
                s -> s.checkpoints().state() == CheckpointsView.State.LIVE ? 1 : 0);
        register(resident, one, s -> Tags.empty(), s -> s.gateway().residentBytes());
        relay.update(status.appliances());
        register(alarms, one, s -> Tags.empty(), s -> s.alarms().size());
        register(
                alarm,
                status.alarms(),
                a -> Tags.of(
                        "alarm",
                        a.id(),
                        "verdict",
                        a.probe().map(ProbeView::verdict).orElse("")),
                a -> 1);
    }

    /** A peer's counters are registered once and then follow its last view. */
    private void updateStream(PeerView peer) {
        if (streams.put(peer.name(), peer.stream()) == null) {
            counter("culvert.stream.sent", "bytes", peer.name(), StreamView::sentBytes);
            counter("culvert.stream.received", "bytes", peer.name(), StreamView::receivedBytes);
            counter("culvert.stream.connections", "", peer.name(), StreamView::connections);
        }
    }

    private void counter(String name, String unit, String peer, ToDoubleFunction<StreamView> value) {
        var builder = FunctionCounter.builder(name, streams, map -> {
            StreamView stream = map.get(peer);
            return stream == null ? 0 : value.applyAsDouble(stream);
        });
        (unit.isEmpty() ? builder : builder.baseUnit(unit)).tags("peer", peer).register(registry);
    }

    private MultiGauge gauge(String name, String description, String unit) {
        var builder = MultiGauge.builder(name).description(description);
        return (unit.isEmpty() ? builder : builder.baseUnit(unit)).register(registry);
    }

    private static <T> void register(
            MultiGauge gauge, List<T> items, java.util.function.Function<T, Tags> tags, ToDoubleFunction<T> value) {
        gauge.register(
                items.stream()
                        .map(item -> MultiGauge.Row.of(tags.apply(item), (Number) value.applyAsDouble(item)))
                        .toList(),
                true);
    }

    private static boolean isUp(PeerView peer) {
        return peer.stream().state() == StreamView.State.UP;
    }

    private static Tags tags(PoolView pool) {
        return Tags.of("pool", pool.name());
    }

    private record Replica(String dataset, ReplicaView view) {
        Tags tags() {
            return Tags.of("dataset", dataset, "peer", view.peer(), "pool", view.pool());
        }
    }
}
