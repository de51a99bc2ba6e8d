package io.culvert.siteconfig;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Decoders of single values and of lists of them. */
final class Scalars {
    static final int MAX_ITEMS = 1_000;
    static final String NAME_RULE =
            "a name is 1 to 63 of a-z, 0-9, `.`, `_` and `-`, and starts with a letter or a digit";

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,9}");
    static final Pattern YAML_1_1_BOOLEAN = Pattern.compile("(?i)y|yes|n|no|on|off");

    private final Problems problems;

    Scalars(Problems problems) {
        this.problems = problems;
    }

    /** Decodes text by a parser whose IllegalArgumentException says what is wrong. */
    <T> Decoder<T> parsed(Function<String, T> parser) {
        return node -> text(node).flatMap(text -> {
            try {
                return Optional.of(parser.apply(text));
            } catch (IllegalArgumentException e) {
                return wrong(node, String.valueOf(e.getMessage()));
            }
        });
    }

    /** Decodes text by a parser that itself complains of numbers, such as {@code 300} for a duration. */
    <T> Decoder<T> quantity(Function<String, T> parser) {
        return node -> parsed(parser)
                .decode(
                        node instanceof YamlNode.Scalar s && s.type() != YamlNode.Scalar.Type.NULL
                                ? new YamlNode.Scalar(s.position(), s.text(), false)
                                : node);
    }

    Optional<String> text(YamlNode node) {
        if (!(node instanceof YamlNode.Scalar scalar)) {
            return wrong(node, "found " + node.found() + " where a single value is needed");
        }
        return switch (scalar.type()) {
            case TEXT ->
                scalar.text().isBlank()
                        ? wrong(node, "found empty text where a value is needed")
                        : Optional.of(scalar.text());
            case NULL -> wrong(node, "found nothing where a value is needed; write one or remove the line");
            case BOOLEAN, INTEGER, FLOAT ->
                wrong(node, "found " + scalar.found() + " where text is needed; put it in quotes if it is meant");
        };
    }

    Optional<String> name(YamlNode node) {
        return text(node)
                .flatMap(text -> NAME.matcher(text).matches()
                        ? Optional.of(text)
                        : wrong(node, NAME_RULE + "; found " + YamlNode.Scalar.quote(text)));
    }

    Optional<SiteName> site(YamlNode node) {
        return parsed(SiteName::new).decode(node);
    }

    Optional<HostPort> hostPort(YamlNode node) {
        return quantity(HostPort::parse).decode(node);
    }

    Optional<Boolean> truth(YamlNode node) {
        if (node instanceof YamlNode.Scalar scalar) {
            if (scalar.type() == YamlNode.Scalar.Type.BOOLEAN) {
                return Optional.of(scalar.text().equalsIgnoreCase("true"));
            }
            String hint =
                    YAML_1_1_BOOLEAN.matcher(scalar.text()).matches() ? " (YAML 1.2 knows no yes, no, on, off)" : "";
            return wrong(node, "write true or false" + hint + "; found " + scalar.found());
        }
        return wrong(node, "write true or false; found " + node.found());
    }

    Decoder<Integer> count(int min, int max) {
        return node -> {
            if (node instanceof YamlNode.Scalar scalar
                    && scalar.plain()
                    && DIGITS.matcher(scalar.text()).matches()) {
                int value = Integer.parseInt(scalar.text());
                if (value >= min && value <= max) {
                    return Optional.of(value);
                }
            }
            String quotes = node instanceof YamlNode.Scalar scalar && !scalar.plain() ? " in quotes" : "";
            return wrong(
                    node,
                    "a whole number from %d to %d is needed; found %s%s".formatted(min, max, node.found(), quotes));
        };
    }

    /** Decodes one of some words. */
    <T> Decoder<T> word(Map<String, T> words) {
        return node -> text(node).flatMap(text -> {
            T value = words.get(text);
            return value != null
                    ? Optional.of(value)
                    : wrong(
                            node,
                            YamlNode.Scalar.quote(text) + " is not known here" + hint(text, words.keySet())
                                    + " Allowed: " + String.join(", ", words.keySet()) + ".");
        });
    }

    private static String hint(String text, Set<String> words) {
        String hint = Suggestion.hint(text, words);
        return hint.isEmpty() ? "." : hint;
    }

    /** Decodes an absolute path without {@code .} and {@code ..}. */
    Optional<Path> path(YamlNode node) {
        return text(node).flatMap(text -> {
            if (text.contains("-----BEGIN")) {
                return wrong(node, "the content of a file stands here; write the path of the file instead");
            }
            if (text.startsWith("~")) {
                return wrong(
                        node, "`~` is not expanded here; write the whole path; found " + YamlNode.Scalar.quote(text));
            }
            if (!text.startsWith("/")) {
                return wrong(node, "a path starts with `/`; found " + YamlNode.Scalar.quote(text));
            }
            try {
                Path path = Path.of(text);
                return path.equals(path.normalize())
                        ? Optional.of(path)
                        : wrong(node, "write the path without `.` and `..`: `" + path.normalize() + "`");
            } catch (InvalidPathException e) {
                return wrong(node, YamlNode.Scalar.quote(text) + " cannot be a path: " + e.getReason());
            }
        });
    }

    /** Decodes a list of at least {@code min} values, of which none stands twice. */
    <T> Decoder<List<T>> list(int min, String example, Decoder<T> item) {
        return node -> {
            if (!(node instanceof YamlNode.Sequence sequence)) {
                return wrong(node, "a list is needed, for example `" + example + "`; found " + node.found());
            }
            if (sequence.items().size() > MAX_ITEMS) {
                return wrong(
                        node,
                        "a list has at most " + MAX_ITEMS + " values; found "
                                + sequence.items().size());
            }
            if (sequence.items().size() < min) {
                return wrong(node, "the list is empty; for example `" + example + "`");
            }
            int before = problems.count();
            Set<T> seen = new LinkedHashSet<>();
            List<T> values = new ArrayList<>();
            for (YamlNode element : sequence.items()) {
                item.decode(element).ifPresent(value -> {
                    values.add(value);
                    if (!seen.add(value)) {
                        problems.add(element.position(), "this stands in the list already; remove one of the two");
                    }
                });
            }
            return problems.count() == before ? Optional.of(values) : Optional.empty();
        };
    }

    /** Decodes one value or a list of them. */
    <T> Decoder<List<T>> oneOrMore(String example, Decoder<T> item) {
        return node -> node instanceof YamlNode.Sequence
                ? list(1, example, item).decode(node)
                : item.decode(node).map(List::of);
    }

    <T> Optional<T> wrong(YamlNode node, String sentence) {
        problems.add(node.position(), sentence);
        return Optional.empty();
    }
}
