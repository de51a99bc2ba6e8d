package io.culvert.siteconfig;

import java.util.Locale;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Turns what a YAML parser says of broken text into what its writer can do about it. */
final class YamlSyntax {
    private YamlSyntax() {}

    static String sentence(MarkedYamlEngineException e) {
        String problem = e.getProblem() == null ? "" : e.getProblem();
        String context = e.getContext() == null ? "" : e.getContext();
        String opened = e.getContextMark()
                .map(mark -> " (it began at " + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1) + ")")
                .orElse("");
        if (problem.contains("\\t(TAB)")) {
            return "a tab stands here; YAML is indented with spaces";
        }
        if (problem.contains("that cannot start any token")) {
            return "text that starts with " + quotedCharacter(problem) + " needs quotes";
        }
        if (context.contains("directive")) {
            return "a line that starts with `%` is a directive of YAML; a site file needs none";
        }
        if (context.contains("scanning an a")) {
            return "text that starts with `*` or `&` needs quotes";
        }
        if (problem.contains("mapping values are not allowed")) {
            return "a `:` here starts a second setting in one line; put the value in quotes, or a line break before it,"
                    + " and check the indentation of this line and the one above";
        }
        if (context.contains("flow sequence")) {
            return "the list is not closed with `]`" + opened + ", or a comma is missing";
        }
        if (context.contains("flow mapping")) {
            return "the mapping is not closed with `}`" + opened + ", or a comma is missing";
        }
        if (context.contains("quoted scalar") && problem.contains("unexpected end")) {
            return "the text in quotes is not closed" + opened;
        }
        if (context.contains("block mapping") || context.contains("block collection")) {
            return "this does not fit what stands above" + opened + "; check the indentation and the quotes";
        }
        return "this is not YAML: " + (context.isEmpty() ? problem : context + ", " + problem).toLowerCase(Locale.ROOT);
    }

    private static String quotedCharacter(String problem) {
        int open = problem.indexOf('\'');
        int close = problem.indexOf('\'', open + 1);
        return open >= 0 && close > open + 1 ? "`" + problem.substring(open + 1, close) + "`" : "this character";
    }
}
