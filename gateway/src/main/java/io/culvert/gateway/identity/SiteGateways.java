package io.culvert.gateway.identity;

import java.io.IOException;
import java.util.Set;

/** What all gateways of a site know of each other together, beyond what one of them keeps in its own state directory. */
@FunctionalInterface
public interface SiteGateways {
    /** A gateway that has nothing to ask but its own state directory. */
    SiteGateways ALONE = Set::of;

    /** The numbers that are taken. @throws IOException if that cannot be found out now; then no number is given away */
    Set<Integer> numbers() throws IOException;

    /**
     * Takes a number for the whole site, before it is given away.
     *
     * @return false if another gateway took it meanwhile; then the next is tried
     */
    default boolean take(int number) throws IOException {
        return true;
    }
}
