package io.culvert.gateway.relay;

import io.culvert.gateway.relay.dedup.Mode;

/** Which relayed connections are deduplicated; by the site file, asked for each. */
@FunctionalInterface
public interface DedupPolicy {

    /**
     * What holds for the connections to a port of an appliance.
     *
     * @param rpc whether records of ONC RPC are looked for, to tell payloads from headers
     */
    record Decision(Mode mode, boolean rpc) {
        public static final Decision OFF = new Decision(Mode.OFF, false);
    }

    Decision decide(String appliance, int port);
}
