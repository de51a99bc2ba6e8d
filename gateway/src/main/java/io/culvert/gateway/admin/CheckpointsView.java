package io.culvert.gateway.admin;

import java.time.Instant;

/**
 * The checkpoint store.
 *
 * @param kind etcd or embedded
 * @param sentence what is wrong and what will happen; what it is when all is well
 */
public record CheckpointsView(String kind, State state, Instant since, String sentence) {

    /** Whether it takes writes. */
    public enum State {
        LIVE,
        AWAY,
        STOPPED,
        REFUSED,
        CLOSED
    }
}
