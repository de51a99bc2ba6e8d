package io.culvert.gateway.alert;

import java.util.List;
import java.util.Set;

/**
 * What the gateway sees at one look.
 *
 * @param standing all alarms that stand, each id once
 * @param unsure beginnings of ids of which it does not know now whether they stand: none of these is over because it is not among the others
 */
public record Sight(List<Alarm> standing, Set<String> unsure) {
    public Sight {
        standing = List.copyOf(standing);
        unsure = Set.copyOf(unsure);
    }

    boolean isUnsure(String id) {
        return unsure.stream().anyMatch(id::startsWith);
    }
}
