package io.culvert.gateway.owner;

import java.util.List;
import java.util.Set;

/**
 * Things that must be at one gateway: a virtual address is of use only where the stream to its peer is.
 *
 * @param things in the order in which they are taken
 * @param sources the datasets that are sent from here; the gateway that has the stream should see them, or they come through another
 */
record Share(List<Thing> things, Set<String> sources) {
    Share {
        things = List.copyOf(things);
        sources = Set.copyOf(sources);
        if (things.isEmpty()) {
            throw new IllegalArgumentException("a share must have things");
        }
    }

    String name() {
        return things.getFirst().id();
    }
}
