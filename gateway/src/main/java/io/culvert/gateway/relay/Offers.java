package io.culvert.gateway.relay;

/** Which appliances of this site a peer may connect to; by grants, asked each time. */
public interface Offers {

    /** What a peer gets that asks for a port of an appliance. */
    sealed interface Offer {
        /** It may connect, to this host. */
        record Granted(String host) implements Offer {}

        /** It may not, and why. */
        record Refused(String why) implements Offer {}
    }

    Offer offer(String peer, String appliance, int port);
}
