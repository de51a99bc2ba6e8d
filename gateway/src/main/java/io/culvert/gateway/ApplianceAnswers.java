package io.culvert.gateway;

import io.culvert.gateway.admin.ApplianceStatus;
import io.culvert.gateway.admin.ApplianceView;
import io.culvert.gateway.admin.ConnectionView;
import io.culvert.gateway.admin.LastErrorView;
import io.culvert.gateway.admin.RelayFigures;
import io.culvert.gateway.admin.ServiceView;
import io.culvert.gateway.relay.ApplianceFigures;
import io.culvert.gateway.relay.FlowView;
import io.culvert.gateway.relay.LastError;
import io.culvert.gateway.relay.VirtualAddressStatus;
import io.culvert.gateway.stream.StreamState;
import io.culvert.gateway.stream.StreamStatus;
import io.culvert.siteconfig.Appliance;
import io.culvert.siteconfig.SiteConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Answers with the appliances: those of peers that clients here reach at virtual addresses, and those here that peers may connect to,
 * or are connected to still.
 */
final class ApplianceAnswers {

    private final GatewayOperations.Parts parts;
    private final Instant started;

    ApplianceAnswers(GatewayOperations.Parts parts) {
        this.parts = parts;
        this.started = parts.clock().instant();
    }

    /** Those of peers first, each with its programs and connections. */
    List<ApplianceView> list() {
        Gathered now = gather();
        Instant at = parts.clock().instant();
        List<ApplianceView> views = new ArrayList<>();
        for (VirtualAddressStatus remote : now.remotes()) {
            views.add(new ApplianceView(
                    status(remote, now),
                    ProgramViews.of(remote.programs(), remote.shown()),
                    connections(now.flowsOf(remote.name()), at)));
        }
        now.locals()
                .forEach((name, local) -> views.add(new ApplianceView(
                        status(name, local, now),
                        ProgramViews.of(
                                parts.relay().programs(local), local.services().values()),
                        connections(now.flowsOf(name), at))));
        return views;
    }

    /** The same in a line each. */
    List<ApplianceStatus> statuses() {
        Gathered now = gather();
        List<ApplianceStatus> statuses = new ArrayList<>();
        now.remotes().forEach(remote -> statuses.add(status(remote, now)));
        now.locals().forEach((name, local) -> statuses.add(status(name, local, now)));
        return statuses;
    }

    /** What the answer is made of, taken once. */
    private record Gathered(
            SiteConfig config,
            List<VirtualAddressStatus> remotes,
            Map<String, Appliance.Local> locals,
            Map<String, List<FlowView>> flows,
            Map<String, ApplianceFigures> figures) {

        List<FlowView> flowsOf(String appliance) {
            return flows.getOrDefault(appliance, List.of());
        }

        ApplianceFigures figuresOf(String appliance) {
            return figures.getOrDefault(appliance, ApplianceFigures.NONE);
        }

        List<String> peersOf(String local) {
            return config.grants().entrySet().stream()
                    .filter(grant -> grant.getValue().connect().contains(local))
                    .map(grant -> grant.getKey().toString())
                    .sorted()
                    .toList();
        }
    }

    private Gathered gather() {
        SiteConfig config = parts.config().get();
        SiteRelay.Relayed relayed = parts.relay().relayed();
        Gathered all = new Gathered(
                config,
                parts.relay().addresses(),
                new TreeMap<>(),
                relayed.flows().stream().collect(Collectors.groupingBy(FlowView::appliance)),
                relayed.figures());
        config.appliances().forEach((name, appliance) -> {
            boolean seen = !all.peersOf(name).isEmpty() || all.figuresOf(name).opened() > 0;
            if (appliance instanceof Appliance.Local local && seen) {
                all.locals().put(name, local);
            }
        });
        return all;
    }

    /**
     * An appliance of a peer: up if its ports are listened on here and its peer is connected; degraded if its programs cannot be
     * learned then.
     */
    private ApplianceStatus status(VirtualAddressStatus remote, Gathered now) {
        StreamStatus stream = parts.streams().status(remote.peer());
        boolean connected = stream.state() == StreamState.UP;
        boolean up = remote.serving() && connected;
        String trouble = remote.serving() && !connected
                ? "its peer " + remote.peer() + " is not connected"
                : up ? remote.programsTrouble() : remote.trouble();
        return new ApplianceStatus(
                remote.name(),
                ApplianceStatus.Side.REMOTE,
                List.of(remote.peer()),
                remote.address(),
                !up ? ServiceView.State.DOWN : trouble.isEmpty() ? ServiceView.State.UP : ServiceView.State.DEGRADED,
                remote.serving() && !connected ? stream.since() : remote.since(),
                trouble,
                figures(remote.name(), remote.datagramClients(), now),
                error(now.figuresOf(remote.name()).lastError()));
    }

    /** An appliance of this site: up unless the last connection to it could not be made. */
    private ApplianceStatus status(String name, Appliance.Local local, Gathered now) {
        ApplianceFigures figures = now.figuresOf(name);
        Optional<LastError> trouble = figures.unreachable();
        return new ApplianceStatus(
                name,
                ApplianceStatus.Side.LOCAL,
                now.peersOf(name),
                local.target(),
                trouble.isEmpty() ? ServiceView.State.UP : ServiceView.State.DEGRADED,
                trouble.map(LastError::at).orElse(started),
                trouble.map(LastError::sentence).orElse(""),
                figures(name, figures.datagramClients(), now),
                error(figures.lastError()));
    }

    private static Optional<LastErrorView> error(Optional<LastError> last) {
        return last.map(error -> new LastErrorView(error.at(), error.sentence()));
    }

    private static RelayFigures figures(String name, int datagramClients, Gathered now) {
        List<FlowView> flows = now.flowsOf(name);
        ApplianceFigures sums = now.figuresOf(name);
        return new RelayFigures(
                flows.size(),
                (int) flows.stream()
                        .filter(flow -> flow.heldSince().isPresent())
                        .count(),
                datagramClients,
                flows.stream().mapToLong(FlowView::bytesPerSecond).sum(),
                sums.opened(),
                sums.failures(),
                sums.toPeerBytes(),
                sums.fromPeerBytes(),
                sums.plainBytes(),
                sums.sentBytes(),
                RelayFigures.ratio(sums.plainBytes(), sums.sentBytes()));
    }

    private static List<ConnectionView> connections(List<FlowView> flows, Instant now) {
        return flows.stream()
                .limit(ApplianceView.MAX_CONNECTIONS)
                .map(flow -> connection(flow, now))
                .toList();
    }

    private static ConnectionView connection(FlowView flow, Instant now) {
        FlowView.Dedup dedup = flow.dedup();
        return new ConnectionView(
                flow.peer(),
                flow.client(),
                flow.port(),
                flow.since(),
                Math.max(0, Duration.between(flow.since(), now).toSeconds()),
                flow.toPeerBytes(),
                flow.fromPeerBytes(),
                flow.bytesPerSecond(),
                flow.retainedBytes(),
                flow.heldSince(),
                new ConnectionView.Dedup(
                        dedup.state(),
                        dedup.plainBytes(),
                        dedup.sentBytes(),
                        RelayFigures.ratio(dedup.plainBytes(), dedup.sentBytes())));
    }
}
