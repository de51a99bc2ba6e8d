package io.culvert.gateway.admin;

import java.util.regex.Pattern;

/** What a name or an id from outside may look like; checked before anything else is done with it. */
public enum Identifiers {
    SITE("[a-z][a-z0-9-]{0,30}", "a site name is 1 to 31 of a-z, 0-9 and \"-\", and starts with a letter"),
    NAME("[A-Za-z0-9][A-Za-z0-9._-]{0,99}", "a name is 1 to 100 of letters, digits, \".\", \"_\" and \"-\""),
    POOL(
            "[a-z0-9][a-z0-9._-]{0,62}",
            "a pool's name is 1 to 63 of a-z, 0-9, \".\", \"_\" and \"-\", and starts with a letter or digit"),
    ID("[A-Za-z0-9][A-Za-z0-9._:@+-]{0,99}", "an id is 1 to 100 of letters, digits and \"._-:@+\""),
    TOKEN("culvert-[A-Za-z0-9_-]{1,640}", "a token starts with \"culvert-\" and is one line without spaces"),
    GATEWAY("[1-9][0-9]{0,2}", "a gateway has a number from 1 to 999"),
    WAIT("[0-9]{1,6}", "a wait is a number of milliseconds"),
    PEER_URL(
            "https?://([A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]):([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])",
            "a peer URL is http://HOST:PORT or https://HOST:PORT with nothing behind it"),
    LABEL("[^\\p{Cntrl}]{0,200}", "a label has at most 200 characters and no control characters");

    private static final int MAX_SHOWN_CHARS = 60;

    private final Pattern pattern;
    private final String rule;

    Identifiers(String pattern, String rule) {
        this.pattern = Pattern.compile(pattern);
        this.rule = rule;
    }

    /** Returns the text, if it is one. */
    public String require(String text) throws OperationException {
        if (pattern.matcher(text).matches()) {
            return text;
        }
        throw new OperationException(FailureCategory.USAGE, rule + "; found " + shown(text));
    }

    private String shown(String text) {
        if (this == TOKEN) {
            return text.length() + " characters that are none";
        }
        String visible = text.replaceAll("\\p{Cntrl}", "?");
        return visible.length() <= MAX_SHOWN_CHARS
                ? "\"" + visible + "\""
                : "\"" + visible.substring(0, MAX_SHOWN_CHARS) + "…\"";
    }
}
