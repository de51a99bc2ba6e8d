package io.culvert.gateway.relay;

import io.culvert.gateway.relay.portmap.NetId;

/** Which appliances of this site a peer may connect to; by grants, asked each time. */
public interface Offers {

    /** What a peer gets that asks for a port of an appliance. */
    sealed interface Offer {
        /** It may connect, to this host. */
        record Granted(String host) implements Offer {}

        /** It may not, and why. */
        record Refused(String why) implements Offer {}
    }

    /** What a peer gets that asks which programs an appliance has. */
    sealed interface Portmapper {
        /** It may know what this one says. */
        record Granted(PortmapperTarget target) implements Portmapper {}

        /** It may not, and why. */
        record Refused(String why) implements Portmapper {}
    }

    /** By TCP. */
    default Offer offer(String peer, String appliance, int port) {
        return offer(peer, appliance, NetId.TCP, port);
    }

    Offer offer(String peer, String appliance, NetId by, int port);

    Portmapper portmapper(String peer, String appliance);
}
