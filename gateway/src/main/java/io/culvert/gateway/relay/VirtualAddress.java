package io.culvert.gateway.relay;

import io.culvert.gateway.relay.portmap.Binding;
import io.culvert.gateway.relay.portmap.Clients;
import io.culvert.gateway.relay.portmap.PortmapListener;
import io.culvert.gateway.stream.FlowSocket;
import io.culvert.siteconfig.Appliance;
import io.culvert.siteconfig.ApplianceService;
import io.culvert.siteconfig.PortRange;
import io.culvert.siteconfig.ProgramSource;
import io.culvert.siteconfig.Transport;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One appliance of a peer, as clients of this site find it: a listener for each of its ports at an address of its own, and for those
 * of its RPC programs wherever they are now.
 */
final class VirtualAddress implements AutoCloseable {

    private static final Port PORTMAPPER = Port.tcp(PortmapListener.PORT);

    /** Ports beyond those of the site file that are listened on because they were learned; more are not. */
    static final int MAX_LEARNED_PORTS = 64;

    private final String name;
    private final Appliance.Remote appliance;
    private final Flows flows;
    private final Clients clients;
    private final Datagrams datagrams;
    private final @Nullable PortmapListener portmapper;
    private final @Nullable ProgramLearner learner;
    private final PortKeeper ports;

    VirtualAddress(String name, Appliance.Remote appliance, Relay.Surroundings around) {
        this.name = name;
        this.appliance = appliance;
        this.flows = around.flows();
        this.clients = new Clients(appliance.clients(), this::isStranger);
        this.datagrams = new Datagrams(
                name,
                appliance.address(),
                Datagrams.through(around.channels(), appliance.peer().toString()),
                clients,
                Datagrams.Bounds.USUAL,
                System::nanoTime,
                why -> failed(Figures.Trouble.REFUSED, why));
        NamedPrograms named = NamedPrograms.of(appliance.services().values());
        boolean learns = hasPortmapper() && appliance.programs() == ProgramSource.LEARNED && !named.isEmpty();
        this.learner = learns
                ? new ProgramLearner(
                        name,
                        ProgramLearner.through(
                                around.channels(), appliance.peer().toString(), name),
                        around.learning(),
                        around.clock(),
                        this::programs)
                : null;
        this.portmapper =
                hasPortmapper() ? new PortmapListener(appliance.address(), clients, this::asked, around.clock()) : null;
        List<Binding> fixed = NamedPrograms.fixed(appliance.services().values());
        this.ports = new PortKeeper(
                name, appliance.address(), this::open, around.clock(), wanted(fixed), had -> show(fixed, had));
        ports.start();
        if (learner != null) {
            learner.start();
        }
    }

    private boolean hasPortmapper() {
        return appliance.services().values().stream()
                .anyMatch(service -> service.program().equals(OptionalInt.of(PortmapListener.PROGRAM)));
    }

    private void failed(Figures.Trouble trouble, String sentence) {
        flows.figures().failed(trouble, name, appliance.peer().toString(), sentence);
    }

    private void isStranger(InetAddress client) {
        failed(
                Figures.Trouble.STRANGER,
                "a client that is not listed is refused: " + client.getHostAddress() + "; `clients` of " + name
                        + " would list it");
    }

    VirtualAddressStatus status() {
        PortKeeper.State now = ports.state();
        Programs programs = learner == null ? new Programs.Fixed() : learner.known();
        return new VirtualAddressStatus(
                name,
                appliance.peer().toString(),
                appliance.address().getHostAddress(),
                now.serving(),
                now.since(),
                now.trouble(),
                datagrams.size(),
                programs,
                portmapper == null ? List.of() : shown(programs));
    }

    /** The stream to the appliance's peer is there again. */
    void peerUp() {
        asked();
    }

    /** Somebody looks a program up: it should not be told for long where the program was before. */
    private void asked() {
        if (learner != null) {
            learner.hint();
        }
    }

    /** What was learned is listened on first, then told; what was told before is closed last. */
    private void programs(Programs now) {
        List<Binding> bindings = shown(now);
        ports.want(wanted(bindings), had -> show(bindings, had));
    }

    private List<Binding> shown(Programs now) {
        return switch (now) {
            case Programs.Fixed fixed ->
                NamedPrograms.fixed(appliance.services().values());
            case Programs.Awaited awaited ->
                NamedPrograms.fixed(appliance.services().values());
            case Programs.Learned learned -> named(learned.bindings());
            case Programs.Kept kept -> named(kept.bindings());
        };
    }

    /** Of what a peer says, what the own site file names. */
    private List<Binding> named(List<Binding> learned) {
        NamedPrograms named = NamedPrograms.of(appliance.services().values());
        return learned.stream().filter(named::names).toList();
    }

    private void show(List<Binding> bindings, Set<Port> had) {
        if (portmapper != null) {
            portmapper.show(bindings.stream()
                    .filter(binding -> had.contains(new Port(binding.netId(), binding.port())))
                    .toList());
        }
    }

    /** The ports of the services, those of programs that are elsewhere, and the portmapper's, last. */
    private Set<Port> wanted(List<Binding> bindings) {
        Set<Port> wanted = new LinkedHashSet<>();
        for (ApplianceService service : appliance.services().values()) {
            for (PortRange range : service.ports()) {
                for (int port = range.first(); port <= range.last(); port++) {
                    if (service.transport() != Transport.UDP) {
                        wanted.add(Port.tcp(port));
                    }
                    if (service.transport() != Transport.TCP) {
                        wanted.add(Port.udp(port));
                    }
                }
            }
        }
        int most = wanted.size() + MAX_LEARNED_PORTS;
        for (Binding binding : bindings) {
            if (wanted.size() < most) {
                wanted.add(new Port(binding.netId(), binding.port()));
            }
        }
        wanted.remove(PORTMAPPER);
        wanted.remove(Port.udp(PortmapListener.PORT)); // the portmapper has both
        if (portmapper != null) {
            wanted.add(PORTMAPPER);
        }
        return wanted;
    }

    private Closeable open(Port port) throws IOException {
        if (port.equals(PORTMAPPER) && portmapper != null) {
            portmapper.bind();
            return portmapper;
        }
        return switch (port.by()) {
            case TCP -> listen(port.number());
            case UDP -> datagrams.open(port.number());
        };
    }

    private Closeable listen(int port) throws IOException {
        return flows.listen(
                new InetSocketAddress(appliance.address(), port),
                appliance.peer().toString(),
                socket -> accept(port, socket))::close;
    }

    private void accept(int port, FlowSocket socket) {
        if (clients.admits(socket.remote().getAddress())) {
            flows.relay(appliance.peer().toString(), name, port, socket);
        } else {
            socket.abort();
        }
    }

    /** Closes its ports and resets its connections. */
    @Override
    public void close() {
        if (learner != null) {
            learner.close();
        }
        ports.close();
        if (portmapper != null) {
            portmapper.close();
        }
        datagrams.close();
        flows.end(name, name + " is no longer served at " + appliance.address().getHostAddress());
    }
}
