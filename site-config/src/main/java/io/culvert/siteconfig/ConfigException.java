package io.culvert.siteconfig;

import java.util.List;
import java.util.stream.Collectors;

/** A site file that cannot be used; carries every problem found, in the order of the file. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    ConfigException(List<Problem> problems) {
        super("the site file cannot be used");
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("a ConfigException needs at least one problem");
        }
        this.problems = List.copyOf(problems);
    }

    /** Returns a line for each problem. */
    @Override
    public String getMessage() {
        return problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
    }

    /** Returns the problems, at least one, ordered by position. */
    public List<Problem> problems() {
        return problems;
    }
}
