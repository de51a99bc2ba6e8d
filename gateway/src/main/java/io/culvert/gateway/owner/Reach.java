package io.culvert.gateway.owner;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a gateway sees: pools that it can open, and sources of datasets that it can read. Shown to the others as a list of
 *
 * <pre>
 *   +pool/main       a pool
 *   -dataset/web     of the sources, all but this one and others of the kind; or, where fewer are seen than not:
 *   -dataset         of the sources, none but
 *   +dataset/web     this one and others of the kind
 * </pre>
 *
 * Most gateways see all sources of their site, and show none.
 */
record Reach(Set<String> pools, boolean all, Set<String> exceptions) {

    /** So many exceptions fit into what a gateway shows of itself; of more, the rest counts as not seen. */
    private static final int MAX_EXCEPTIONS = 200;

    private static final String SOURCE = "dataset/";
    private static final String NONE = "-dataset";

    Reach {
        pools = Set.copyOf(pools);
        exceptions = Set.copyOf(exceptions);
    }

    /**
     * Of what it saw.
     *
     * @param pools ids of things
     * @param seen names of datasets
     * @param unseen the other datasets
     */
    static Reach of(Set<String> pools, Set<String> seen, Set<String> unseen) {
        boolean all = unseen.size() <= seen.size() && unseen.size() <= MAX_EXCEPTIONS;
        return new Reach(pools, all, first(all ? unseen : seen));
    }

    private static Set<String> first(Set<String> names) {
        Set<String> first = new HashSet<>();
        new TreeSet<>(names).stream().limit(MAX_EXCEPTIONS).forEach(first::add);
        return first;
    }

    /** What another gateway showed; what is of another kind is passed over. */
    static Reach parse(List<String> shown) {
        Set<String> pools = new HashSet<>();
        Set<String> seen = new HashSet<>();
        Set<String> unseen = new HashSet<>();
        for (String one : shown) {
            if (one.startsWith("+" + SOURCE)) {
                seen.add(one.substring(SOURCE.length() + 1));
            } else if (one.startsWith("-" + SOURCE)) {
                unseen.add(one.substring(SOURCE.length() + 1));
            } else if (one.startsWith("+pool/")) {
                pools.add(one);
            }
        }
        boolean all = !shown.contains(NONE);
        return new Reach(pools, all, all ? unseen : seen);
    }

    /** In order. */
    List<String> shown() {
        List<String> shown = new ArrayList<>(new TreeSet<>(pools));
        if (!all) {
            shown.add(NONE);
        }
        new TreeSet<>(exceptions).forEach(name -> shown.add((all ? "-" : "+") + SOURCE + name));
        return List.copyOf(shown);
    }

    boolean pool(String thing) {
        return pools.contains(thing);
    }

    boolean source(String dataset) {
        return all != exceptions.contains(dataset);
    }
}
