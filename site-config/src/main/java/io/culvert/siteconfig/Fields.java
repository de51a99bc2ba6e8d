package io.culvert.siteconfig;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The settings of one mapping while it is decoded.
 *
 * <p>The decoder asks for every key it knows; what is left over is reported as unknown. Only if nothing at all was
 * wrong inside the mapping is the record built.
 */
final class Fields {
    private static final Pattern SECRET =
            Pattern.compile("(?i).*(passw(or)?d|passphrase|secret|token|api[-_]?key|private[-_]?key|credential).*");

    private final String owner;
    private final YamlNode.Mapping mapping;
    private final Problems problems;
    private final Map<String, YamlNode.Entry> asked = new LinkedHashMap<>();
    private final Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();

    private Fields(String owner, YamlNode.Mapping mapping, Problems problems) {
        this.owner = owner;
        this.mapping = mapping;
        this.problems = problems;
        mapping.entries().forEach(entry -> entries.put(entry.key().text(), entry));
    }

    /**
     * Decodes a mapping.
     *
     * @param owner names the mapping in sentences, such as {@code pool `main`}
     * @param body asks for the settings and returns how to build the record from them
     */
    static <T> Optional<T> read(
            YamlNode node, String owner, Problems problems, Function<Fields, ? extends Supplier<? extends T>> body) {
        Optional<YamlNode.Mapping> mapping = mapping(node, owner, problems);
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        int before = problems.count();
        Fields fields = new Fields(owner, mapping.get(), problems);
        Supplier<? extends T> build = body.apply(fields);
        fields.reportUnknown();
        return problems.count() == before ? Optional.of(build.get()) : Optional.empty();
    }

    /** Decodes a mapping from names to values of one kind; the values are decoded even if a name is wrong. */
    static <K, T> Optional<Map<K, T>> entries(
            YamlNode node,
            String owner,
            Problems problems,
            Decoder<K> name,
            BiFunction<YamlNode.Entry, K, Optional<T>> value) {
        Optional<YamlNode.Mapping> mapping = mapping(node, owner, problems);
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        int before = problems.count();
        Map<K, T> map = new LinkedHashMap<>();
        for (YamlNode.Entry entry : mapping.get().entries()) {
            // A key is text even if it looks like a number.
            YamlNode.Scalar key =
                    new YamlNode.Scalar(entry.key().position(), entry.key().text(), false);
            name.decode(key).ifPresent(k -> value.apply(entry, k).ifPresent(v -> map.put(k, v)));
        }
        return problems.count() == before ? Optional.of(map) : Optional.empty();
    }

    private static Optional<YamlNode.Mapping> mapping(YamlNode node, String owner, Problems problems) {
        if (node instanceof YamlNode.Mapping mapping) {
            return Optional.of(mapping);
        }
        if (node instanceof YamlNode.Scalar scalar && scalar.type() == YamlNode.Scalar.Type.NULL) {
            return Optional.of(new YamlNode.Mapping(scalar.position(), List.of(), 1));
        }
        problems.add(node.position(), owner + " needs settings (`name: value`); found " + node.found());
        return Optional.empty();
    }

    Position position() {
        return mapping.position();
    }

    String owner() {
        return owner;
    }

    Problems problems() {
        return problems;
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    /** Returns where the key stands, or where the mapping does. */
    Position positionOf(String key) {
        YamlNode.Entry entry = entries.get(key);
        return entry == null ? mapping.position() : entry.key().position();
    }

    /** Returns where the value stands, or where the mapping does. */
    Position valuePositionOf(String key) {
        YamlNode.Entry entry = entries.get(key);
        return entry == null ? mapping.position() : entry.value().position();
    }

    <T> Value<T> optional(String key, Decoder<T> decoder) {
        YamlNode.Entry entry = entries.get(key);
        if (entry == null) {
            asked.put(key, new YamlNode.Entry(new YamlNode.Scalar(mapping.position(), key, true), mapping));
            return Value.missing();
        }
        asked.put(key, entry);
        return Value.of(decoder.decode(entry.value()));
    }

    /**
     * Asks for a setting that must be there.
     *
     * @param example what to write if it is missing
     */
    <T> Value<T> required(String key, String example, Decoder<T> decoder) {
        if (!has(key)) {
            problems.add(mapping.position(), owner + " needs `" + key + "`, for example `" + example + "`");
        }
        return optional(key, decoder);
    }

    /** Names keys that are settings elsewhere, so that they are refused with a reason instead of as unknown. */
    void refuse(String reason, String... keys) {
        for (String key : keys) {
            YamlNode.Entry entry = entries.get(key);
            if (entry != null && asked.putIfAbsent(key, entry) == null) {
                problems.add(entry.key().position(), "`" + key + "` " + reason);
            }
        }
    }

    private void reportUnknown() {
        Set<String> known = asked.keySet();
        entries.forEach((key, entry) -> {
            if (!known.contains(key)) {
                problems.add(entry.key().position(), unknown(entry.key(), known));
            }
        });
    }

    private String unknown(YamlNode.Scalar key, Set<String> known) {
        String allowed = " Allowed: " + String.join(", ", known) + ".";
        if (key.text().equals("<<")) {
            return "`<<` merges nothing in YAML 1.2; repeat the settings, or a whole value with `&name` and `*name`";
        }
        if (Suggestion.nearest(key.text(), known).isEmpty()
                && SECRET.matcher(key.text()).matches()) {
            return key.quoted()
                    + " looks like a secret; secrets never stand in this file, it names files that hold them."
                    + allowed;
        }
        String hint = Suggestion.hint(key.text(), known);
        return key.quoted() + " is not a setting of " + owner + (hint.isEmpty() ? "." : hint) + allowed;
    }
}
