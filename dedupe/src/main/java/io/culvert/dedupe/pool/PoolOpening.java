package io.culvert.dedupe.pool;

import java.time.InstantSource;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a pool is to be opened: by one gateway alone unless {@link #under} says otherwise, whichever pool lies there unless
 * {@link #expecting} names one.
 *
 * @param expectedId the only pool that may be opened; with it none is ever made
 * @param ownership absent if no other gateway can see the directory
 */
public record PoolOpening(
        PoolSettings settings,
        InstantSource clock,
        @Nullable UUID expectedId,
        @Nullable PoolOwnership ownership) {

    public static PoolOpening of(PoolSettings settings, InstantSource clock) {
        return new PoolOpening(settings, clock, null, null);
    }

    /** The same, of this pool and no other. */
    public PoolOpening expecting(UUID id) {
        return new PoolOpening(settings, clock, id, ownership);
    }

    /** The same, by the owner of a lease. */
    public PoolOpening under(PoolOwnership owner) {
        return new PoolOpening(settings, clock, expectedId, owner);
    }

    /** What sets the names of this opener's files apart from those of every other; empty without an ownership. */
    String tag() {
        return ownership == null
                ? ""
                : "." + ownership.fence().epoch() + "-" + ownership.fence().revision();
    }

    /** The pool as a message names it. */
    String pool() {
        return "pool " + settings.name() + " (" + settings.path() + ")";
    }
}
