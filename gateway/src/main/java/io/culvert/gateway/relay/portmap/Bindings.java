package io.culvert.gateway.relay.portmap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is bound at a virtual address, the portmapper itself first, then in the order in which the far portmapper registered
 * it; immutable.
 */
final class Bindings {

    /** The portmapper's program. */
    static final long PORTMAPPER = 100_000;

    private static final int PORTMAPPER_PORT = 111;
    private static final String SUPERUSER = "superuser";

    private final List<Binding> all = new ArrayList<>();

    /** Of IPv4. */
    Bindings(List<Binding> others) {
        this(Family.INET, others);
    }

    /** @param others what is bound besides the portmapper; entries of the portmapper itself are left out */
    Bindings(Family family, List<Binding> others) {
        for (NetId netId : NetId.values()) {
            for (int version = 4; version >= family.lowestRegistered(); version--) {
                all.add(new Binding(PORTMAPPER, version, netId, PORTMAPPER_PORT, SUPERUSER));
            }
        }
        others.stream().filter(binding -> binding.program() != PORTMAPPER).forEach(all::add);
    }

    List<Binding> all() {
        return List.copyOf(all);
    }

    /** The program in this version; else in the one that was registered last, because rpcbind answers so. */
    Optional<Binding> find(long program, long version, NetId netId) {
        Binding last = null;
        for (Binding binding : all) {
            if (binding.program() == program && binding.netId() == netId) {
                last = binding;
                if (binding.version() == version) {
                    break;
                }
            }
        }
        return Optional.ofNullable(last);
    }

    /** The program in exactly this version, by every transport. */
    List<Binding> exactly(long program, long version) {
        return all.stream()
                .filter(binding -> binding.program() == program && binding.version() == version)
                .toList();
    }
}
