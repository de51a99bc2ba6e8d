package io.culvert.gateway;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.ProbeStepView;
import io.culvert.gateway.admin.ProbeView;
import io.culvert.gateway.admin.RatesView;
import io.culvert.gateway.cli.LocalWork.ProbeOrder;
import io.culvert.gateway.cli.LocalWork.ProbeTarget;
import io.culvert.gateway.identity.PinnedPeer;
import io.culvert.gateway.probe.Expectation;
import io.culvert.gateway.probe.Finding;
import io.culvert.gateway.probe.Probe;
import io.culvert.gateway.probe.ProbePlan;
import io.culvert.gateway.probe.ProbePort;
import io.culvert.gateway.probe.ProbeResult;
import io.culvert.gateway.probe.Step;
import io.culvert.siteconfig.Appliance;
import io.culvert.siteconfig.ApplianceService;
import io.culvert.siteconfig.HostPort;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteName;
import io.culvert.siteconfig.Transport;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Runs the probe of a command or of the gateway with what site file and enrolment say of ports and certificates. No gateway need run. */
final class SiteProbe {

    private SiteProbe() {}

    static ProbeView run(ProbeOrder order, Consumer<ProbeStepView> told)
            throws OperationException, InterruptedException {
        return switch (order.of()) {
            case ProbeTarget.OfPeer peer -> {
                ProbeView view = run(plan(order, peer), told);
                yield peer.isAsked() ? view : unasked(view);
            }
            case ProbeTarget.OfHost host -> run(plan(order, host), told);
        };
    }

    /** The way may be free, and the peer refuse this site all the same, so that it is not certainly ok. */
    private static ProbeView unasked(ProbeView view) {
        List<String> evidence = new ArrayList<>(view.evidence());
        evidence.add("no gateway answers here, which would know whether the peer lets this site in");
        return new ProbeView(
                view.verdict(),
                view.layer(),
                view.verdict().equals(ProbeView.OK) && view.confidence().equals("high") ? "medium" : view.confidence(),
                evidence,
                view.ask(),
                view.rule(),
                view.steps(),
                view.quarantineSeconds());
    }

    /**
     * Probes a peer whose certificates are at hand, for the gateway by itself: its gateway's port only, unless that does not open, so that nobody
     * takes it for a port scan.
     */
    static ProbeView run(ProbeTarget.OfPeer of, PinnedPeer pinned, ProbeOrder order)
            throws OperationException, InterruptedException {
        return run(plan(of, pinned, order, ProbePort.Need.IN_DOUBT), step -> {});
    }

    private static ProbeView run(ProbePlan plan, Consumer<ProbeStepView> told)
            throws OperationException, InterruptedException {
        try {
            return view(Probe.run(plan, step -> told.accept(view(step))));
        } catch (IOException e) {
            throw new OperationException(FailureCategory.FAILED, "the probe broke off: " + e.getMessage(), e);
        }
    }

    private static ProbePlan plan(ProbeOrder order, ProbeTarget.OfPeer of) throws OperationException {
        PinnedPeer pinned = pinned(of.site()).stream()
                .filter(one -> one.peer().name().equals(of.peer()))
                .findFirst()
                .orElseThrow(() -> Failures.notFound("peer " + of.peer()
                        + " is not enrolled here, so nothing tells where it is; culvert peer list shows those that are, and"
                        + " \"culvert probe --host H --port N\" probes any host"));
        return plan(of, pinned, order, ProbePort.Need.OBSERVED);
    }

    /**
     * What is tried at a peer: its gateway's port, and for what it tells of filters those of the appliances that it has.
     *
     * @param appliances when those are
     */
    private static ProbePlan plan(
            ProbeTarget.OfPeer of, PinnedPeer pinned, ProbeOrder order, ProbePort.Need appliances) {
        SiteConfig site = of.site();
        HostPort at = endpoint(site, pinned);
        Map<Integer, ProbePort> ports = new LinkedHashMap<>();
        ports.put(at.port(), new ProbePort(at.port(), ProbePort.Need.REQUIRED, true));
        site.appliances().values().stream()
                .filter(appliance -> appliance instanceof Appliance.Remote remote
                        && remote.peer().toString().equals(pinned.peer().name()))
                .flatMap(appliance -> tcpPorts(appliance.services().values()).stream())
                .limit(ProbePlan.MAX_PORTS - 1L)
                .forEach(port -> ports.putIfAbsent(port, new ProbePort(port, appliances, false)));
        return new ProbePlan(
                at.host(),
                List.copyOf(ports.values()),
                new PeerExpectation(pinned),
                order.rpc(),
                order.trigger(),
                order.watch(),
                of.refusal(),
                of.rates()
                        .filter(measured -> !isLimited(site, pinned.peer().name()))
                        .map(SiteProbe::throughput),
                of.unmeasured(),
                limit(order));
    }

    private static Duration limit(ProbeOrder order) {
        Duration left = ProbePlan.LIMIT.minus(order.spent());
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** The site file wants the stream to be as slow as a path that is ill: then a rate says nothing. */
    private static boolean isLimited(SiteConfig site, String peer) {
        return site.peer(new SiteName(peer))
                .bandwidth()
                .limitAt(InstantSource.system().instant(), ZoneId.systemDefault())
                .filter(limit -> limit.bytesPerSecond() < 2 * ProbePlan.SLOW_BYTES_PER_SECOND)
                .isPresent();
    }

    private static ProbePlan.Throughput throughput(RatesView rates) {
        return new ProbePlan.Throughput(
                rates.sentBytesPerSecond(),
                rates.receivedBytesPerSecond(),
                rates.sentLossPercent(),
                rates.receivedLossPercent(),
                rates.roundTripMillis());
    }

    private static HostPort endpoint(SiteConfig site, PinnedPeer pinned) {
        return site.peer(new SiteName(pinned.peer().name()))
                .endpoint()
                .orElseGet(() -> new HostPort(
                        pinned.peer().endpoint().host(),
                        pinned.peer().endpoint().port()));
    }

    private static ProbePlan plan(ProbeOrder order, ProbeTarget.OfHost of) throws OperationException {
        Map<Integer, ProbePort> ports = new LinkedHashMap<>();
        for (int port : of.ports()) {
            boolean tls = of.tlsPorts().contains(port);
            ports.put(port, new ProbePort(port, ProbePort.Need.REQUIRED, tls, tls && of.isTlsAsked()));
        }
        of.kind()
                .map(kind -> tcpPorts(kind.services().values()))
                .orElse(new TreeSet<>())
                .forEach(port -> ports.putIfAbsent(port, new ProbePort(port, ProbePort.Need.USUAL, false)));
        if (ports.size() > ProbePlan.MAX_PORTS) {
            throw Failures.usage("at most " + ProbePlan.MAX_PORTS + " ports are probed at a time");
        }
        return new ProbePlan(
                of.host(),
                List.copyOf(ports.values()),
                expectation(of),
                order.rpc(),
                order.trigger(),
                order.watch(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                limit(order));
    }

    private static Expectation expectation(ProbeTarget.OfHost of) throws OperationException {
        if (of.authority().isPresent()) {
            try {
                return new CaExpectation(PinnedPeer.authority(of.authority().get()), InstantSource.system());
            } catch (IOException e) {
                throw Failures.usage(of.authority().get() + " is no CA certificate in PEM form: " + e.getMessage());
            }
        }
        if (of.site().isEmpty()) {
            return Expectation.NONE;
        }
        try {
            return PinnedPeer.all(of.site().get().stateDir(), InstantSource.system()).stream()
                    .filter(pinned -> isAt(endpoint(of.site().get(), pinned), of))
                    .<Expectation>map(PeerExpectation::new)
                    .findFirst()
                    .orElse(Expectation.NONE);
        } catch (IOException e) {
            return Expectation.NONE; // the host was named by hand; peers are no more than a help
        }
    }

    private static boolean isAt(HostPort endpoint, ProbeTarget.OfHost of) {
        return endpoint.host().equalsIgnoreCase(of.host()) && of.tlsPorts().contains(endpoint.port());
    }

    private static TreeSet<Integer> tcpPorts(Collection<ApplianceService> services) {
        TreeSet<Integer> ports = new TreeSet<>();
        for (ApplianceService service : services) {
            if (service.transport() != Transport.UDP) {
                service.ports().forEach(range -> {
                    for (int port = range.first(); port <= range.last() && ports.size() < ProbePlan.MAX_PORTS; port++) {
                        ports.add(port);
                    }
                });
            }
        }
        return ports;
    }

    private static List<PinnedPeer> pinned(SiteConfig site) throws OperationException {
        try {
            return PinnedPeer.all(site.stateDir(), InstantSource.system());
        } catch (AccessDeniedException e) {
            throw new OperationException(
                    FailureCategory.REFUSED,
                    "this user may not read " + e.getMessage()
                            + ", where the peers are pinned: run the command as root; \"culvert probe --host H --port N\" needs"
                            + " no rights",
                    e);
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    private static ProbeView view(ProbeResult result) {
        Finding finding = result.finding();
        return new ProbeView(
                finding.verdict().word(),
                finding.verdict().layer(),
                finding.confidence().word(),
                finding.evidence(),
                finding.ask(),
                finding.rule(),
                result.steps().stream().map(SiteProbe::view).toList(),
                finding.quarantineSeconds().isPresent()
                        ? Optional.of(finding.quarantineSeconds().getAsDouble())
                        : Optional.empty());
    }

    private static ProbeStepView view(Step step) {
        return new ProbeStepView(step.name(), step.target(), step.result(), step.millis(), step.details());
    }
}
