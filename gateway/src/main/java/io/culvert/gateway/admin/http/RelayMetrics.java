package io.culvert.gateway.admin.http;

import io.culvert.gateway.admin.ApplianceStatus;
import io.culvert.gateway.admin.RelayFigures;
import io.culvert.gateway.admin.ServiceView;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The numbers of appliances: how many connections are relayed, and sums over all that were, which do not go back when one ends. For
 * one thread at a time; scrapes may come from others.
 */
final class RelayMetrics {

    private final MeterRegistry registry;
    private final Map<String, RelayFigures> figures = new ConcurrentHashMap<>();
    private final Map<String, List<Meter>> counters = new HashMap<>();
    private final MultiGauge up;
    private final MultiGauge open;
    private final MultiGauge held;
    private final MultiGauge datagramClients;

    RelayMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.up = gauge("culvert.appliance.up", "Whether an appliance can be reached, as far as this gateway knows");
        this.open = gauge("culvert.relay.open", "Relayed connections, those that are held included");
        this.held = gauge("culvert.relay.held", "Relayed connections that no stream carries at the moment");
        this.datagramClients = gauge("culvert.relay.datagram.clients", "Clients that send datagrams");
    }

    private MultiGauge gauge(String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    void update(List<ApplianceStatus> appliances) {
        Set<String> names = appliances.stream().map(ApplianceStatus::name).collect(Collectors.toSet());
        counters.entrySet().removeIf(entry -> {
            boolean gone = !names.contains(entry.getKey());
            if (gone) {
                entry.getValue().forEach(registry::remove);
                figures.remove(entry.getKey());
            }
            return gone;
        });
        for (ApplianceStatus appliance : appliances) {
            figures.put(appliance.name(), appliance.figures());
            counters.computeIfAbsent(appliance.name(), this::count);
        }
        register(up, appliances, appliance -> appliance.state() == ServiceView.State.DOWN ? 0 : 1);
        register(open, appliances, appliance -> appliance.figures().connections());
        register(held, appliances, appliance -> appliance.figures().held());
        register(datagramClients, appliances, appliance -> appliance.figures().datagramClients());
    }

    private static void register(
            MultiGauge gauge, List<ApplianceStatus> appliances, ToDoubleFunction<ApplianceStatus> value) {
        gauge.register(
                appliances.stream()
                        .map(appliance -> MultiGauge.Row.of(
                                Tags.of("appliance", appliance.name()), (Number) value.applyAsDouble(appliance)))
                        .toList(),
                true);
    }

    /** Counters are registered once and then follow the last figures. */
    private List<Meter> count(String appliance) {
        Tags its = Tags.of("appliance", appliance);
        return List.of(
                counter("culvert.relay.connections", "Relayed connections so far", "", its, RelayFigures::opened),
                counter(
                        "culvert.relay.failures",
                        "Connections refused, not made or reset, and datagrams refused",
                        "",
                        its,
                        RelayFigures::failures),
                counter(
                        "culvert.relay",
                        "Bytes of relayed connections, as they were written",
                        "bytes",
                        its.and("direction", "to-peer"),
                        RelayFigures::toPeerBytes),
                counter(
                        "culvert.relay",
                        "Bytes of relayed connections, as they were written",
                        "bytes",
                        its.and("direction", "from-peer"),
                        RelayFigures::fromPeerBytes),
                counter(
                        "culvert.relay.dedup.plain",
                        "Bytes to the peer of connections that are deduplicated",
                        "bytes",
                        its,
                        RelayFigures::plainBytes),
                counter(
                        "culvert.relay.dedup.sent",
                        "What these took in the stream",
                        "bytes",
                        its,
                        RelayFigures::sentBytes));
    }

    private Meter counter(
            String name, String description, String unit, Tags tags, ToDoubleFunction<RelayFigures> value) {
        String appliance = tags.stream()
                .filter(tag -> tag.getKey().equals("appliance"))
                .findFirst()
                .orElseThrow()
                .getValue();
        var builder = FunctionCounter.builder(name, figures, map -> {
            RelayFigures its = map.get(appliance);
            return its == null ? 0 : value.applyAsDouble(its);
        });
        return (unit.isEmpty() ? builder : builder.baseUnit(unit))
                .description(description)
                .tags(tags)
                .register(registry);
    }
}
