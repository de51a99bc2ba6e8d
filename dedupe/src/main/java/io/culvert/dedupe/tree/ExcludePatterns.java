package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.PathBytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Globs for what a scan leaves out, a subset of gitignore's.
 *
 * <p>A pattern without a slash, but for one at its end, matches the last component anywhere; with one it matches the
 * whole path from the root. {@code *} is any run within a component, {@code ?} one character, {@code **} any run of
 * components, {@code [a-z]} and {@code [!a-z]} one ASCII character of a set, a backslash takes what follows as it is. A
 * slash at the end restricts it to directories. What is below an excluded directory is not looked at.
 *
 * <p>Works on bytes: a name need not be UTF-8, and {@code ?} takes one UTF-8 character whole.
 */
public final class ExcludePatterns {

    /** Most patterns of one dataset. */
    public static final int MAX_PATTERNS = 1_000;

    private static final String ONE_CHARACTER = "(?:[\\x00-\\x2e\\x30-\\xbf]|[\\xc0-\\xff][\\x80-\\xbf]*)";

    private final List<Rule> rules;

    private record Rule(Pattern pattern, boolean wholePath, boolean onlyDirectories) {}

    private ExcludePatterns(List<Rule> rules) {
        this.rules = rules;
    }

    /**
     * Reads the patterns.
     *
     * @throws IllegalArgumentException naming the first one that is no pattern, and why
     */
    public static ExcludePatterns of(List<String> patterns) {
        if (patterns.size() > MAX_PATTERNS) {
            throw new IllegalArgumentException("at most " + MAX_PATTERNS + " patterns, was " + patterns.size());
        }
        return new ExcludePatterns(patterns.stream().map(ExcludePatterns::rule).toList());
    }

    private static Rule rule(String pattern) {
        boolean onlyDirectories = pattern.endsWith("/");
        String glob = onlyDirectories ? pattern.substring(0, pattern.length() - 1) : pattern;
        boolean wholePath = glob.contains("/");
        glob = glob.startsWith("/") ? glob.substring(1) : glob;
        if (glob.isEmpty() || glob.startsWith("!")) {
            throw new IllegalArgumentException("the exclude pattern \"" + pattern + "\" "
                    + (glob.isEmpty() ? "is empty" : "begins with '!'; nothing can be included again"));
        }
        byte[] bytes = glob.getBytes(StandardCharsets.UTF_8);
        String regex = new Translation(pattern, new String(bytes, StandardCharsets.ISO_8859_1)).regex();
        return new Rule(Pattern.compile(regex, Pattern.DOTALL), wholePath, onlyDirectories);
    }

    /** Whether {@code path} is left out. */
    boolean match(PathBytes path, boolean directory) {
        if (rules.isEmpty() || path.isRoot()) {
            return false;
        }
        String whole = new String(path.toBytes(), StandardCharsets.ISO_8859_1);
        String last = whole.substring(whole.lastIndexOf('/') + 1);
        for (Rule rule : rules) {
            if ((directory || !rule.onlyDirectories())
                    && rule.pattern().matcher(rule.wholePath() ? whole : last).matches()) {
                return true;
            }
        }
        return false;
    }

    /** One glob, whose characters are its UTF-8 bytes, on its way to a regular expression. */
    private static final class Translation {
        private final String pattern;
        private final String glob;
        private final StringBuilder regex = new StringBuilder();
        private int at;

        Translation(String pattern, String glob) {
            this.pattern = pattern;
            this.glob = glob;
        }

        String regex() {
            while (at < glob.length()) {
                char c = glob.charAt(at++);
                switch (c) {
                    case '*' -> star();
                    case '?' -> regex.append(ONE_CHARACTER);
                    case '[' -> set();
                    case '\\' -> literal(escaped());
                    default -> literal(c);
                }
            }
            return regex.toString();
        }

        private void star() {
            boolean componentStarts = at == 1 || glob.charAt(at - 2) == '/';
            if (componentStarts && glob.startsWith("*/", at)) {
                at += 2;
                regex.append("(?:.*/)?");
            } else if (componentStarts && glob.startsWith("*", at) && at + 1 == glob.length()) {
                at += 1;
                regex.append(".*");
            } else {
                regex.append("[^/]*");
            }
        }

        private void set() {
            int end = glob.indexOf(']', at + 1);
            if (end < 0) {
                throw new IllegalArgumentException("the exclude pattern \"" + pattern + "\" has a '[' without ']'");
            }
            boolean negated = glob.charAt(at) == '!' || glob.charAt(at) == '^';
            regex.append(negated ? "(?:[^/\\x80-\\xff" : "[");
            for (int i = negated ? at + 1 : at; i < end; i++) {
                setMember(glob.charAt(i));
            }
            regex.append(negated ? "]|[\\xc0-\\xff][\\x80-\\xbf]*)" : "]");
            at = end + 1;
        }

        private void setMember(char c) {
            if (c > 0x7f || c == '/') {
                throw new IllegalArgumentException(
                        "the exclude pattern \"" + pattern + "\" has a set with other than ASCII characters");
            }
            if (c != '-' && !Character.isLetterOrDigit(c)) {
                regex.append('\\');
            }
            regex.append(c);
        }

        private char escaped() {
            if (at == glob.length()) {
                throw new IllegalArgumentException("the exclude pattern \"" + pattern + "\" ends with a backslash");
            }
            return glob.charAt(at++);
        }

        private void literal(char c) {
            if (!Character.isLetterOrDigit(c) && c < 0x80) {
                regex.append('\\');
            }
            regex.append(c);
        }
    }
}
