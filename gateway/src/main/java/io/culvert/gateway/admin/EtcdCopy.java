package io.culvert.gateway.admin;

import java.util.Optional;

/**
 * A backup of etcd at another site, or on its way there.
 *
 * @param snapshot the one that holds it, in that pool of the peer, if it was copied
 * @param reason why it is not there, a clause; empty if it is
 */
public record EtcdCopy(String peer, String pool, State state, Optional<String> snapshot, String reason) {

    public enum State {
        COPIED,
        UNDER_WAY,
        /** The stream to the peer is with another gateway of the site, which copies the backups that it makes. */
        ELSEWHERE,
        FAILED,
        REFUSED
    }
}
