package io.culvert.gateway.checkpoint;

import java.nio.charset.StandardCharsets;

/** The bounds of the short texts in stored values. */
final class Names {
    private Names() {}

    static String require(String what, String name, int maxBytes) {
        int lengthBytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (lengthBytes == 0 || lengthBytes > maxBytes) {
            throw new IllegalArgumentException(
                    what + " must have 1 to " + maxBytes + " bytes of UTF-8, had " + lengthBytes);
        }
        return name;
    }

    /** Returns the text, or as much of its head as fits into the bound with an ellipsis, cut between characters. */
    static String cut(String text, int maxBytes) {
        if (text.getBytes(StandardCharsets.UTF_8).length <= maxBytes) {
            return text;
        }
        int budgetBytes = maxBytes - 3;
        int end = 0;
        for (int usedBytes = 0; end < text.length(); ) {
            int point = text.codePointAt(end);
            usedBytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            if (usedBytes > budgetBytes) {
                break;
            }
            end += Character.charCount(point);
        }
        return text.substring(0, end) + "…";
    }
}
