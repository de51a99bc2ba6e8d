package io.culvert.siteconfig.rules;

import java.util.List;
import java.util.function.UnaryOperator;

/** A rule file that grows line by line. */
final class RuleText {
    private final StringBuilder text = new StringBuilder();
    private final String sign;
    private final UnaryOperator<String> safe;

    /**
     * @param sign begins a comment
     * @param safe what a comment may hold of a text of one line
     */
    RuleText(String sign, UnaryOperator<String> safe) {
        this.sign = sign;
        this.safe = safe;
    }

    /** One whose comments hold any letter; a backslash would continue a line at some products, also that of a comment. */
    static RuleText withComments(String sign) {
        return new RuleText(sign, line -> line.replace('\\', '/'));
    }

    /** One whose comments are ASCII; a question mark would ask a command line for help. */
    static RuleText withAsciiComments(String sign) {
        return new RuleText(sign, line -> SafeText.ascii(line.replace('\\', '/'), "?"));
    }

    RuleText comments(List<String> lines) {
        lines.forEach(this::comment);
        return this;
    }

    RuleText comment(String line) {
        return comment("", line);
    }

    RuleText comment(String indent, String line) {
        return line(indent + (sign + " " + safe.apply(SafeText.oneLine(line))).strip());
    }

    RuleText line(String line) {
        text.append(line).append('\n');
        return this;
    }

    RuleText blank() {
        return line("");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
