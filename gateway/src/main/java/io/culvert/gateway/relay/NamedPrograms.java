package io.culvert.gateway.relay;

import io.culvert.gateway.relay.portmap.Binding;
import io.culvert.gateway.relay.portmap.NetId;
import io.culvert.gateway.relay.portmap.PortmapListener;
import io.culvert.siteconfig.ApplianceService;
import io.culvert.siteconfig.Transport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The RPC programs that the services of an appliance name, with the transports by which each is relayed; the portmapper itself is
 * none of them. What is learned of other programs is not shown, nor granted.
 *
 * @param transports by program
 */
public record NamedPrograms(Map<Long, Set<NetId>> transports) {

    private static final int NFS = 100_003;
    private static final int MOUNT = 100_005;

    public NamedPrograms {
        transports = Map.copyOf(transports);
    }

    public static NamedPrograms of(Collection<ApplianceService> services) {
        Map<Long, Set<NetId>> named = new HashMap<>();
        for (ApplianceService service : services) {
            service.program()
                    .ifPresent(program -> named.computeIfAbsent((long) program, fresh -> EnumSet.noneOf(NetId.class))
                            .addAll(relayed(service.transport())));
        }
        named.remove((long) PortmapListener.PROGRAM);
        named.replaceAll((program, by) -> Set.copyOf(by));
        return new NamedPrograms(named);
    }

    /** A program is not shown for UDP where UDP is not relayed, or clients would wait for nothing. */
    private static Set<NetId> relayed(Transport transport) {
        return switch (transport) {
            case TCP -> Set.of(NetId.TCP);
            case UDP -> Set.of(NetId.UDP);
            case BOTH -> Set.of(NetId.TCP, NetId.UDP);
        };
    }

    public boolean isEmpty() {
        return transports.isEmpty();
    }

    /** Whether this is a program that is named, by a transport that is relayed for it. */
    public boolean names(Binding binding) {
        return transports.getOrDefault(binding.program(), Set.of()).contains(binding.netId());
    }

    /** Those that the services have by themselves: each with its first port, in the versions that servers have. */
    public static List<Binding> fixed(Collection<ApplianceService> services) {
        List<Binding> bindings = new ArrayList<>();
        for (ApplianceService service : services) {
            int program = service.program().orElse(PortmapListener.PROGRAM);
            if (program != PortmapListener.PROGRAM && !service.ports().isEmpty()) {
                for (NetId by : NetId.values()) {
                    if (relayed(service.transport()).contains(by)) {
                        for (int version : versions(program, by)) {
                            bindings.add(new Binding(
                                    program,
                                    version,
                                    by,
                                    service.ports().getFirst().first(),
                                    "superuser"));
                        }
                    }
                }
            }
        }
        return bindings;
    }

    /** Of a program that is not known here, the first; NFS of version 4 has no UDP (RFC 7530, section 3.1). */
    private static int[] versions(int program, NetId by) {
        return switch (program) {
            case NFS -> by == NetId.TCP ? new int[] {3, 4} : new int[] {3};
            case MOUNT -> new int[] {1, 2, 3};
            default -> new int[] {1};
        };
    }
}
