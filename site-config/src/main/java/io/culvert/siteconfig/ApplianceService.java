package io.culvert.siteconfig;

import java.util.List;
import java.util.OptionalInt;

/**
 * A service of an appliance, as clients find it.
 *
 * @param ports at least one, unless it has a program, whose ports are then learned
 * @param program the ONC RPC program that the portmapper answers with the port learned, else with the first of these (RFC
 *     1833); nothing: none
 */
public record ApplianceService(Transport transport, List<PortRange> ports, OptionalInt program) {
    /** Copies the ports. */
    public ApplianceService {
        ports = List.copyOf(ports);
        if (ports.isEmpty() && program.isEmpty()) {
            throw new IllegalArgumentException("a service needs at least one port, or a program");
        }
    }

    static ApplianceService tcp(PortRange... ports) {
        return new ApplianceService(Transport.TCP, List.of(ports), OptionalInt.empty());
    }

    static ApplianceService rpc(int program, Transport transport, int port) {
        return new ApplianceService(transport, List.of(new PortRange(port, port)), OptionalInt.of(program));
    }

    /** Returns whether both need one port of one transport. */
    boolean overlaps(ApplianceService other) {
        return transport.overlaps(other.transport)
                && ports.stream().anyMatch(mine -> other.ports.stream().anyMatch(mine::overlaps));
    }
}
