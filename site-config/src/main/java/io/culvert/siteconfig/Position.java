package io.culvert.siteconfig;

import java.util.Comparator;

/**
 * A place in the site file.
 *
 * @param line from 1
 * @param column from 1, counted in code points
 */
public record Position(int line, int column) implements Comparable<Position> {
    static final Position START = new Position(1, 1);

    private static final Comparator<Position> ORDER =
            Comparator.comparingInt(Position::line).thenComparingInt(Position::column);

    /** Checks that both numbers count from 1. */
    public Position {
        if (line < 1 || column < 1) {
            throw new IllegalArgumentException("line and column must be >= 1, were " + line + ":" + column);
        }
    }

    @Override
    public int compareTo(Position other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return line + ":" + column;
    }
}
