package io.culvert.dedupe.pool;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The seals of all takeovers, by container. A later one of the same container stands for the earlier. */
final class Seals {

    /** One for each container at which an owner was replaced. */
    static final int MAX = 65_536;

    static final Seals NONE = new Seals(new TreeMap<>());

    private final TreeMap<Integer, Seal> byContainer;

    private Seals(TreeMap<Integer, Seal> byContainer) {
        this.byContainer = byContainer;
    }

    static Seals of(Collection<Seal> all) {
        TreeMap<Integer, Seal> byContainer = new TreeMap<>();
        all.forEach(seal -> byContainer.put(seal.container(), seal));
        return new Seals(byContainer);
    }

    Seals with(Seal seal) {
        TreeMap<Integer, Seal> next = new TreeMap<>(byContainer);
        next.put(seal.container(), seal);
        return new Seals(next);
    }

    Collection<Seal> all() {
        return Collections.unmodifiableCollection(byContainer.values());
    }

    /** Without the containers that are no part of the pool. */
    List<Integer> counting(List<Integer> numbers) {
        return numbers.stream().filter(number -> !isVoid(number)).toList();
    }

    private boolean isVoid(int number) {
        Map.Entry<Integer, Seal> before = byContainer.lowerEntry(number);
        return before != null && before.getValue().isVoid(number);
    }

    boolean has(int container) {
        return byContainer.containsKey(container);
    }

    /** What counts of a container of so many bytes. */
    long end(int container, long sizeBytes) {
        Seal seal = byContainer.get(container);
        return seal == null ? sizeBytes : Math.min(sizeBytes, seal.lengthBytes());
    }

    /** Per container the bytes that must be there: what is given, and what is sealed. */
    SortedMap<Integer, Integer> promised(SortedMap<Integer, Integer> covered) {
        TreeMap<Integer, Integer> promised = new TreeMap<>(covered);
        for (Seal seal : byContainer.values()) {
            if (seal.container() > 0) {
                promised.merge(seal.container(), seal.lengthBytes(), Math::max);
            }
        }
        return promised;
    }

    /** The highest number that is not to be given to a container any more, or 0. */
    int lastNumber() {
        return byContainer.isEmpty() ? 0 : byContainer.lastEntry().getValue().next() - 1;
    }
}
