package io.culvert.siteconfig;

import java.util.Map;
import java.util.Optional;

/** Chooses how a mapping is decoded by its {@code kind}. */
final class Kinds {
    private static final String KEY = "kind";

    private Kinds() {}

    /** Returns the decoder for the kind, or nothing after it has reported why there is none. */
    static <D> Optional<D> choose(
            YamlNode node, String owner, String example, Problems problems, Scalars scalars, Map<String, D> decoders) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            problems.add(node.position(), owner + " needs settings (`name: value`); found " + node.found());
            return Optional.empty();
        }
        for (YamlNode.Entry entry : mapping.entries()) {
            if (entry.key().text().equals(KEY)) {
                return scalars.word(decoders).decode(entry.value());
            }
        }
        problems.add(
                mapping.position(),
                owner + " needs `kind`, for example `" + example + "` (" + String.join(", ", decoders.keySet()) + ")");
        return Optional.empty();
    }

    /** Marks {@code kind} as known: {@link #choose} has decoded it. */
    static void skip(Fields fields) {
        fields.optional(KEY, ignored -> Optional.empty());
    }
}
