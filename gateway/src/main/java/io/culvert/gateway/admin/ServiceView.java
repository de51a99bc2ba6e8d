package io.culvert.gateway.admin;

import java.time.Instant;
import java.util.Optional;

/**
 * Something that work is addressed to.
 *
 * @param kind gateway, pool, peer or appliance
 * @param owner the gateway that serves it; empty if none does
 * @param reason one sentence when it is not up; empty when it is
 * @param appliance what is known of an appliance
 * @param endpoint where a gateway says that peers reach it, HOST:PORT; empty of others, and where it is not known
 */
public record ServiceView(
        String kind,
        String name,
        String owner,
        State state,
        Instant since,
        String reason,
        Optional<ApplianceView> appliance,
        Optional<String> endpoint) {

    /** One that is no appliance. */
    public static ServiceView of(String kind, String name, String owner, State state, Instant since, String reason) {
        return new ServiceView(kind, name, owner, state, since, reason, Optional.empty(), Optional.empty());
    }

    /** The same of a gateway that is reached there; empty: that is not known. */
    public ServiceView at(String where) {
        return new ServiceView(
                kind,
                name,
                owner,
                state,
                since,
                reason,
                appliance,
                Optional.of(where).filter(text -> !text.isBlank()));
    }

    /** Whether it answers. */
    public enum State {
        UP,
        DEGRADED,
        DOWN,
        REVOKED,
        /** A gateway that is not to come back, or a pool that is in the site file no more. */
        REMOVED,
        /** A pool that has another name since then. */
        RENAMED,
        /** A gateway whose number is given away and that has not been started yet. */
        INVITED
    }
}
