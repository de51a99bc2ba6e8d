package io.culvert.gateway.stream;

import io.culvert.proto.channel.Effect;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Messages of a channel that came and were not taken yet, bounded by its credit; urgent ones first. Guarded by the link's lock. */
final class Inbox {

    private final ArrayDeque<Effect.Delivered> bulk = new ArrayDeque<>();
    private final ArrayDeque<Effect.Delivered> urgent = new ArrayDeque<>();

    void add(Effect.Delivered delivered) {
        (delivered.urgent() ? urgent : bulk).addLast(delivered);
    }

    Effect.@Nullable Delivered poll() {
        return urgent.isEmpty() ? bulk.pollFirst() : urgent.pollFirst();
    }

    boolean isEmpty() {
        return bulk.isEmpty() && urgent.isEmpty();
    }
}
