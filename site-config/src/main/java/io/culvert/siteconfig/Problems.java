package io.culvert.siteconfig;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Collects what is wrong with one site file; the same sentence at the same place counts once. */
final class Problems {
    /** More than this many are counted but not listed. */
    static final int MAX_LISTED = 1_000;

    private static final Pattern LINE_BREAKS = Pattern.compile("\\s*\\R\\s*");

    private final Path file;
    private final Set<Problem> found = new LinkedHashSet<>();
    private int reports;

    Problems(Path file) {
        this.file = file;
    }

    void add(Position position, String sentence) {
        reports++;
        // A library's words or a value of the file may run over lines; a problem is one line.
        found.add(new Problem(file, position, LINE_BREAKS.matcher(sentence).replaceAll(" ")));
    }

    /** Returns how often something was reported, the same thing again (through an alias) included. */
    int count() {
        return reports;
    }

    void throwIfAny() throws ConfigException {
        if (!found.isEmpty()) {
            throw toException();
        }
    }

    ConfigException toException() {
        List<Problem> sorted = new ArrayList<>(found);
        sorted.sort(Comparator.comparing(Problem::position));
        if (sorted.size() <= MAX_LISTED) {
            return new ConfigException(sorted);
        }
        Problem next = sorted.get(MAX_LISTED);
        List<Problem> listed = new ArrayList<>(sorted.subList(0, MAX_LISTED));
        String rest = "%d more problems from here on; mend those above first.".formatted(sorted.size() - MAX_LISTED);
        listed.add(new Problem(file, next.position(), rest));
        return new ConfigException(listed);
    }
}
