package io.culvert.siteconfig;

import java.util.Optional;

/** Reads one kind of value, or reports what is wrong with it and returns nothing. */
@FunctionalInterface
interface Decoder<T> {
    Optional<T> decode(YamlNode node);
}
