package io.culvert.siteconfig;

import java.time.Duration;

/**
 * Which snapshots of a dataset stay: the union of what each count keeps; if all counts are 0, all stay.
 *
 * @param keepLast so many newest
 * @param daily the newest of each of so many days that have one; the others likewise
 * @param weekly of ISO weeks
 * @param lock for so long after it was made a snapshot cannot be deleted by anybody; zero: no lock
 */
public record Retention(int keepLast, int daily, int weekly, int monthly, int yearly, Duration lock) {
    /** The most that one count can be. */
    public static final int MAX_COUNT = 10_000;

    /** Keeps everything, locks nothing: what holds if the file says nothing. */
    public static final Retention KEEP_ALL = new Retention(0, 0, 0, 0, 0, Duration.ZERO);

    /** Checks the bounds. */
    public Retention {
        for (int count : new int[] {keepLast, daily, weekly, monthly, yearly}) {
            if (count < 0 || count > MAX_COUNT) {
                throw new IllegalArgumentException("a count must be 0 to " + MAX_COUNT + ", was " + count);
            }
        }
        if (lock.isNegative()) {
            throw new IllegalArgumentException("lock must be >= 0, was " + lock);
        }
    }

    /** Returns whether no snapshot ever goes by itself. */
    public boolean keepsAll() {
        return keepLast + daily + weekly + monthly + yearly == 0;
    }
}
