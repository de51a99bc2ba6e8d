package io.culvert.siteconfig;

import java.util.Set;

/**
 * What one peer may do here; nothing is allowed that is not named.
 *
 * @param write pools of this site that it may replicate into
 * @param read datasets whose snapshots it may read, this site's own or replicas kept here
 * @param connect appliances of this site that it may relay to
 */
public record Grants(Set<String> write, Set<String> read, Set<String> connect) {
    /** What a peer without an entry may do. */
    public static final Grants NOTHING = new Grants(Set.of(), Set.of(), Set.of());

    /** Copies the sets. */
    public Grants {
        write = Set.copyOf(write);
        read = Set.copyOf(read);
        connect = Set.copyOf(connect);
    }
}
