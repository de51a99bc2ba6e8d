package io.culvert.siteconfig;

import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** An appliance: a peer's, shown here at a virtual address, or one of this site, offered to peers by grant. */
public sealed interface Appliance {
    /** Returns its sort. */
    ApplianceKind kind();

    /** Returns its services by name: those of its kind, with what the file adds, changes or takes away. */
    Map<String, ApplianceService> services();

    /**
     * A peer's appliance.
     *
     * @param address the virtual address at which clients of this site reach it
     */
    record Remote(ApplianceKind kind, SiteName peer, InetAddress address, Map<String, ApplianceService> services)
            implements Appliance {
        /** Copies the services, in order. */
        public Remote {
            services = Collections.unmodifiableMap(new LinkedHashMap<>(services));
        }
    }

    /**
     * A real appliance of this site.
     *
     * @param target its host name or address, without a port
     */
    record Local(ApplianceKind kind, String target, Map<String, ApplianceService> services) implements Appliance {
        /** Copies the services, in order. */
        public Local {
            services = Collections.unmodifiableMap(new LinkedHashMap<>(services));
        }
    }
}
