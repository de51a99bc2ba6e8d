package io.culvert.siteconfig;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds what somebody probably meant to write.
 *
 * <p>The distance counts insertions, deletions, replacements and swaps of neighbours (optimal string alignment,
 * Damerau 1964), without case, {@code -} and {@code _}; a third of the word may differ.
 */
final class Suggestion {
    private static final int MAX_CHARS = 40;

    private Suggestion() {}

    static Optional<String> nearest(String written, Collection<String> known) {
        String word = plain(written);
        if (word.isEmpty() || word.length() > MAX_CHARS) {
            return Optional.empty();
        }
        return known.stream()
                .filter(candidate -> {
                    int longest = Math.max(word.length(), plain(candidate).length());
                    return distance(word, plain(candidate)) <= Math.max(1, longest / 3) && longest > 1;
                })
                .min(Comparator.comparingInt((String candidate) -> distance(word, plain(candidate)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Returns {@code ; did you mean `x`?} or nothing. */
    static String hint(String written, Collection<String> known) {
        return nearest(written, known).map(n -> "; did you mean `" + n + "`?").orElse("");
    }

    private static String plain(String text) {
        return text.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                d[i][j] = i == 0 || j == 0 ? i + j : step(d, a, b, i, j);
            }
        }
        return d[a.length()][b.length()];
    }

    private static int step(int[][] d, String a, String b, int i, int j) {
        int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, d[i - 2][j - 2] + 1) : best;
    }
}
