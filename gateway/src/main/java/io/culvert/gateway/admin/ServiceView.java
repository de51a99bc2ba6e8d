package io.culvert.gateway.admin;

import java.time.Instant;

/**
 * Something that work is addressed to.
 *
 * @param kind gateway, pool, peer or appliance
 * @param owner the gateway that serves it
 * @param reason one sentence when it is not up; empty when it is
 */
public record ServiceView(String kind, String name, String owner, State state, Instant since, String reason) {

    /** Whether it answers. */
    public enum State {
        UP,
        DEGRADED,
        DOWN,
        REVOKED
    }
}
