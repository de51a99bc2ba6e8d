package io.culvert.gateway.relay;

/** Texts that a peer may have made up, as they are shown and remembered: bounded, and in one line. */
final class ShortText {

    static final int MAX_NAME = 64;
    static final int MAX_SENTENCE = 500;

    private ShortText() {}

    static String name(String text) {
        return shortened(text, MAX_NAME);
    }

    static String sentence(String text) {
        return shortened(text, MAX_SENTENCE);
    }

    private static String shortened(String text, int most) {
        String bounded = text.length() <= most ? text : text.substring(0, most - 1) + "…";
        return bounded.replaceAll("\\p{Cntrl}", "?");
    }
}
