package io.culvert.siteconfig;

import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An appliance: a peer's, shown here at a virtual address, or one of this site, offered to peers by grant. */
public sealed interface Appliance {
    /** Returns its sort. */
    ApplianceKind kind();

    /** Returns its services by name: those of its kind, with what the file adds, changes or takes away. */
    Map<String, ApplianceService> services();

    /** Returns where its portmapper's programs come from. */
    ProgramSource programs();

    /**
     * A peer's appliance.
     *
     * @param address the virtual address at which clients of this site reach it
     * @param clients from where it may be reached; empty: from anywhere
     */
    record Remote(
            ApplianceKind kind,
            SiteName peer,
            InetAddress address,
            Map<String, ApplianceService> services,
            ProgramSource programs,
            List<Network> clients)
            implements Appliance {
        /** Copies the services, in order, and the clients. */
        public Remote {
            services = Collections.unmodifiableMap(new LinkedHashMap<>(services));
            clients = List.copyOf(clients);
        }
    }

    /**
     * A real appliance of this site.
     *
     * @param target its host name or address, without a port
     */
    record Local(ApplianceKind kind, String target, Map<String, ApplianceService> services, ProgramSource programs)
            implements Appliance {
        /** Copies the services, in order. */
        public Local {
            services = Collections.unmodifiableMap(new LinkedHashMap<>(services));
        }
    }
}
