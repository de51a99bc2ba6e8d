package io.culvert.siteconfig.rules;

import java.util.ArrayList;
import java.util.List;

/** One rule of nftables, as it is written and as it is compared with a listed one. */
final class NftRule {
    private static final int MAX_COMMENT_BYTES = 120; // the kernel's user data have 128 with their end
    private static final String COMMENT = " comment ";

    private final List<String> written = new ArrayList<>();
    private final List<String> compared = new ArrayList<>();
    private String comment = "";

    NftRule match(String what, List<String> values) {
        written.add(what + " " + (values.size() == 1 ? values.getFirst() : "{ " + String.join(", ", values) + " }"));
        return compare(what, values);
    }

    /** Connection states are listed without braces. */
    NftRule states(String... states) {
        written.add("ct state " + String.join(",", states));
        return compare("ct state", List.of(states));
    }

    private NftRule compare(String what, List<String> values) {
        compared.add(matched(what, values));
        return this;
    }

    NftRule then(String statement) {
        written.add(statement);
        compared.add(statement);
        return this;
    }

    NftRule because(String reason) {
        comment = COMMENT + quoted(reason);
        return this;
    }

    /** A match as it is compared: its values in order, addresses that follow each other as one range, as nft lists them. */
    static String matched(String what, List<String> values) {
        List<String> ordered = what.endsWith("addr")
                ? AddressRanges.merged(values)
                : values.stream().sorted().toList();
        return what + " {" + String.join(",", ordered) + "}";
    }

    /** In quotes of nft, which know no escape: a quote becomes an apostrophe. */
    static String quoted(String text) {
        return "\"" + SafeText.cut(SafeText.oneLine(text).replace('"', '\'').replace('\\', '/'), MAX_COMMENT_BYTES)
                + "\"";
    }

    String text() {
        return String.join(" ", written) + comment;
    }

    String compared() {
        return String.join(" ", compared);
    }
}
