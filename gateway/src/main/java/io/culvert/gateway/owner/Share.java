package io.culvert.gateway.owner;

import java.util.List;
import java.util.Set;

/**
 * Things that must be at one gateway: a stream is of use only where the pools are that its peer writes to.
 *
 * @param things in the order in which they are taken
 * @param sources the datasets that are sent from here, which the gateway should see
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
