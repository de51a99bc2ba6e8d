package io.culvert.siteconfig.rules;

import java.nio.charset.StandardCharsets;

/** Free text made fit for one line of a rule file; what does not fit becomes {@value #INSTEAD} or a space. */
final class SafeText {
    static final String INSTEAD = "_";

    private SafeText() {}

    /** Without control characters, line ends of any sort, and letters that turn the direction of a line or are not shown. */
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                    line.append(' ');
                case Character.SURROGATE, Character.UNASSIGNED, Character.PRIVATE_USE -> line.append(INSTEAD);
                default -> line.appendCodePoint(c);
            }
        });
        return line.toString().strip();
    }

    /** One line of printable ASCII without any of {@code forbidden}. */
    static String ascii(String text, String forbidden) {
        StringBuilder line = new StringBuilder();
        oneLine(text)
                .codePoints()
                .forEach(c -> line.append(
                        c >= ' ' && c < 0x7f && forbidden.indexOf(c) < 0 ? Character.toString(c) : INSTEAD));
        return line.toString();
    }

    /** As much of the beginning as fits into so many bytes of UTF-8. */
    static String cut(String text, int bytes) {
        StringBuilder kept = new StringBuilder();
        int used = 0;
        for (int c : text.codePoints().toArray()) {
            String letter = Character.toString(c);
            used += letter.getBytes(StandardCharsets.UTF_8).length;
            if (used > bytes) {
                break;
            }
            kept.append(letter);
        }
        return kept.toString();
    }
}
