package io.culvert.gateway.cli;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.Identifiers;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.PeerView;
import io.culvert.gateway.admin.ProbeView;
import io.culvert.gateway.admin.RatesView;
import io.culvert.gateway.admin.StreamView;
import io.culvert.gateway.admin.client.GatewayClient;
import io.culvert.siteconfig.ApplianceKind;
import io.culvert.siteconfig.ConfigException;
import io.culvert.siteconfig.SiteConfig;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Names the layer that blocks. Works without a gateway, so that it helps where that does not come up. */
@Command(
        name = "probe",
        description = {
            "Name the layer that blocks on the way to a peer or to any host.",
            "Exit code 0 only if none does. It looks at name, route, ports, TLS and packet sizes, all of it harmless. Unless --harmless is given it"
                    + " also sends one RPC call (60 bytes, GETPORT) beside as many bytes of text, to one or two ports: an"
                    + " intrusion-prevention system may cut the two hosts off from each other for that, for minutes.",
            "Of a name with several addresses all are probed, eight at most; the verdict is that of the worst. It takes less than a minute."
        })
final class ProbeCommand extends SessionCommand {

    /** Where a gateway or something else with TLS usually is. */
    private static final List<Integer> TLS_PORTS = List.of(443, 8443, 9443);

    /** How long a gateway that hangs is waited for: it is of the minute that a probe has. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(8);

    /** The same for its measurement through the stream, of some three seconds. */
    private static final Duration RATES_LIMIT = Duration.ofSeconds(12);

    @Parameters(paramLabel = "PEER", arity = "0..1", description = "A peer that is enrolled here.")
    private Optional<String> peer = Optional.empty();

    @Option(names = "--host", paramLabel = "HOST", description = "Any host, by name or address.")
    private Optional<String> host = Optional.empty();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            arity = "1..*",
            split = ",",
            description = "With --host: TCP ports that must open.")
    private List<Integer> ports = List.of();

    @Option(
            names = "--tls",
            paramLabel = "PORT",
            arity = "1..*",
            split = ",",
            description =
                    "With --host: ports with a gateway's TLS; else 443, 8443 and 9443 of those given are looked at.")
    private List<Integer> tls = List.of();

    @Option(
            names = "--appliance",
            paramLabel = "KIND",
            description = "With --host: try the usual ports of datadomain, avamar or nfs too.")
    private Optional<ApplianceKind> kind = Optional.empty();

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "With --host: the CA certificate (PEM) that must have signed the gateway's.")
    private Optional<Path> authority = Optional.empty();

    @Option(names = "--harmless", description = "Send no RPC call.")
    private boolean harmless;

    @Option(
            names = "--trigger",
            description =
                    "Provoke a quarantine with the RPC call, watch what dies, and count the seconds until it is back.")
    private boolean trigger;

    @Option(
            names = "--watch",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "With --trigger: for how long at most, such as 90s or 30m (10m).")
    private Duration watch = Duration.ofMinutes(10);

    @Mixin
    private final OutputOption output = new OutputOption();

    ProbeCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() throws Exception {
        long sinceNanos = System.nanoTime();
        check();
        LocalWork.ProbeTarget target = peer.isPresent() ? peerTarget(peer.get()) : hostTarget();
        Duration spent = Duration.ofNanos(System.nanoTime() - sinceNanos);
        LocalWork.ProbeOrder order = new LocalWork.ProbeOrder(target, !harmless, trigger, watch, spent);
        boolean watched = session.terminal().interactive();
        ProbeView view = session.work().probe(order, step -> {
            if (watched) {
                session.err().println(step.step() + " " + step.target() + ": " + step.result());
            }
        });
        if (output.json()) {
            session.printJson(view);
        } else {
            print(view);
        }
        if (view.verdict().equals(ProbeView.OK)) {
            return 0;
        }
        session.err().println("culvert: " + view.sentence() + (view.ask().isEmpty() ? "" : ". " + view.ask()));
        return FailureCategory.FAILED.exitCode();
    }

    private void check() throws OperationException {
        List<String> problems = new ArrayList<>();
        if (peer.isPresent() == host.isPresent()) {
            problems.add("name a peer, or a host with --host");
        }
        if (host.isPresent() && ports.isEmpty() && tls.isEmpty() && kind.isEmpty()) {
            problems.add("--host needs --port, --tls or --appliance");
        }
        if (host.isEmpty() && (!ports.isEmpty() || !tls.isEmpty() || kind.isPresent() || authority.isPresent())) {
            problems.add("--port, --tls, --appliance and --ca go with --host: of a peer they are known");
        }
        if (host.isPresent() && host.get().isBlank()) {
            problems.add("--host is empty");
        }
        for (List<Integer> some : List.of(ports, tls)) {
            some.stream()
                    .filter(port -> port < 1 || port > 65_535)
                    .forEach(port -> problems.add("a port must be 1 to 65535, was " + port));
        }
        if (kind.filter(ApplianceKind.CUSTOM::equals).isPresent()) {
            problems.add("--appliance is datadomain, avamar or nfs; name other ports with --port");
        }
        if (harmless && trigger) {
            problems.add("--trigger is not --harmless");
        }
        if (watch.isZero() || watch.compareTo(Duration.ofHours(1)) > 0) {
            problems.add("--watch is 1s to 1h");
        }
        if (!problems.isEmpty()) {
            throw new OperationException(
                    FailureCategory.USAGE, String.join("; ", problems) + "; see \"culvert help probe\"");
        }
    }

    private LocalWork.ProbeTarget peerTarget(String name) throws ConfigException, OperationException {
        String legal = Identifiers.SITE.require(name);
        SiteConfig site = session.site();
        try {
            GatewayClient gateway = session.gateway().within(ANSWER_LIMIT);
            Optional<StreamView> stream = gateway.peers().stream()
                    .filter(one -> one.name().equals(legal))
                    .map(PeerView::stream)
                    .findFirst();
            boolean up =
                    stream.filter(one -> one.state() == StreamView.State.UP).isPresent();
            Optional<String> refusal = LocalWork.ProbeTarget.OfPeer.refusal(
                    stream.filter(one -> !up).map(StreamView::reason));
            LocalWork.ProbeTarget.OfPeer unmeasured =
                    new LocalWork.ProbeTarget.OfPeer(site, legal, true, refusal, Optional.empty(), Optional.empty());
            return up && !harmless ? measured(unmeasured, gateway.within(RATES_LIMIT)) : unmeasured;
        } catch (OperationException e) {
            return new LocalWork.ProbeTarget.OfPeer(
                    site, legal, false, Optional.empty(), Optional.empty(), Optional.empty()); // it says so
        }
    }

    private static LocalWork.ProbeTarget.OfPeer measured(LocalWork.ProbeTarget.OfPeer of, GatewayClient gateway) {
        Optional<RatesView> rates = Optional.empty();
        Optional<String> unmeasured = Optional.empty();
        try {
            rates = Optional.of(gateway.rates(of.peer()));
        } catch (OperationException e) {
            unmeasured =
                    Optional.of(e.sentence()); // the stream broke or stands still, or the peer is of an older version
        }
        return new LocalWork.ProbeTarget.OfPeer(of.site(), of.peer(), true, of.refusal(), rates, unmeasured);
    }

    private LocalWork.ProbeTarget hostTarget() {
        List<Integer> all = new ArrayList<>(ports);
        tls.stream().filter(port -> !all.contains(port)).forEach(all::add);
        List<Integer> secured =
                tls.isEmpty() ? ports.stream().filter(TLS_PORTS::contains).toList() : tls;
        return new LocalWork.ProbeTarget.OfHost(
                host.orElseThrow(),
                all.stream().distinct().toList(),
                secured,
                !tls.isEmpty(),
                kind,
                authority,
                siteIfThere());
    }

    private Optional<SiteConfig> siteIfThere() {
        try {
            return Files.isReadable(session.siteFile()) ? Optional.of(session.site()) : Optional.empty();
        } catch (ConfigException e) {
            return Optional.empty(); // a host was named by hand; the site file is no more than a help
        }
    }

    private void print(ProbeView view) {
        PrintStream out = session.out();
        out.println(view.verdict()
                + (view.verdict().equals(ProbeView.OK)
                        ? ": nothing between the hosts blocks what was tried"
                        : " (" + view.layer() + ", confidence " + view.confidence() + "): "
                                + view.evidence().getFirst()));
        out.println();
        Table table = new Table("STEP", "ON", "RESULT", "MS>");
        view.steps()
                .forEach(step -> table.row(
                        step.step(),
                        step.target().isEmpty() ? "-" : step.target(),
                        step.result(),
                        String.format(Locale.ROOT, "%d", step.millis())));
        table.print(out, "nothing was tried");
        section(out, "evidence");
        view.evidence().forEach(sentence -> out.println("- " + sentence));
        if (!view.ask().isEmpty()) {
            section(out, "ask");
            out.println(view.ask());
        }
        if (!view.rule().isEmpty()) {
            section(out, "rule");
            out.println(view.rule());
        }
        ProbeRoutes.print(out, view.steps());
    }

    static void section(PrintStream out, String name) {
        out.println();
        out.println(name.toUpperCase(Locale.ROOT));
    }
}
