package io.culvert.gateway.cli;

/** How many columns of a terminal a text takes: letters of Hangul, Han and Kana take two, marks on a letter none. */
final class Columns {
    private static final String ELLIPSIS = "…";

    /** First and last of each range of East Asian wide and full-width letters (Unicode 16, UAX 11), and of pictographs. */
    private static final int[] WIDE = {
        0x1100, 0x115f, 0x2e80, 0x303e, 0x3041, 0x33ff, 0x3400, 0x4dbf, 0x4e00, 0x9fff, 0xa000, 0xa4cf, 0xa960, 0xa97f,
        0xac00, 0xd7a3, 0xf900, 0xfaff, 0xfe30, 0xfe6f, 0xff00, 0xff60, 0xffe0, 0xffe6, 0x1f300, 0x1f64f, 0x1f680,
        0x1f6ff, 0x1f900, 0x1f9ff, 0x20000, 0x3fffd
    };

    private Columns() {}

    static int of(String text) {
        return text.codePoints().map(Columns::of).sum();
    }

    private static int of(int point) {
        int type = Character.getType(point);
        boolean mark = type == Character.NON_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || type == Character.FORMAT
                || (point >= 0x1160 && point <= 0x11ff); // vowels and finals of Hangul that is not composed
        if (mark) {
            return 0;
        }
        for (int i = 0; i < WIDE.length; i += 2) {
            if (point >= WIDE[i] && point <= WIDE[i + 1]) {
                return 2;
            }
        }
        return 1;
    }

    /** Returns the text, or as much of its end as fits behind an ellipsis; nothing if not even that does. */
    static String tail(String text, int columns) {
        if (of(text) <= columns) {
            return text;
        }
        int budget = columns - of(ELLIPSIS);
        int start = text.length();
        while (start > 0) {
            int point = text.codePointBefore(start);
            budget -= of(point);
            if (budget < 0) {
                break;
            }
            start -= Character.charCount(point);
        }
        return start == text.length() ? "" : ELLIPSIS + text.substring(start);
    }
}
