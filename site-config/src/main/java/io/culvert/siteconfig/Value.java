package io.culvert.siteconfig;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A setting that was asked for: there, left out, or wrong and already reported. */
final class Value<T> {
    private final @Nullable T value;

    private Value(@Nullable T value) {
        this.value = value;
    }

    static <T> Value<T> of(Optional<? extends T> value) {
        return new Value<>(value.orElse(null));
    }

    static <T> Value<T> missing() {
        return new Value<>(null);
    }

    /** Returns the value of a required setting; asked only when nothing was wrong. */
    T get() {
        if (value == null) {
            throw new IllegalStateException("a setting that was missing or wrong is used");
        }
        return value;
    }

    T orElse(T other) {
        return value == null ? other : value;
    }

    Optional<T> toOptional() {
        return Optional.ofNullable(value);
    }

    boolean isPresent() {
        return value != null;
    }
}
