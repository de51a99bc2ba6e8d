package io.culvert.gateway.relay;

import java.time.Instant;

/**
 * What a relayed connection is called.
 *
 * @param near whether its client is at this site
 * @param client address and port of the client
 */
record FlowLabel(FlowId id, String peer, String appliance, int port, boolean near, String client, Instant since) {

    /** Whose socket this gateway has. */
    String side() {
        return near ? "the client " + client : "the appliance " + appliance;
    }

    @Override
    public String toString() {
        return client + " to " + appliance + ":" + port;
    }
}
