package io.culvert.gateway.relay.dedup;

import org.jspecify.annotations.Nullable;

/**
 * A stretch of the sent history that one flow appends to, so that what a flow sends stands together however many flows send.
 * Guarded by the lock of its {@link SentRing}.
 *
 * <pre>
 * start            visible           written                end
 *   | anyone may refer | its owner may   | nothing as yet     |
 * </pre>
 */
final class Zone {

    /** No position. */
    static final long NONE = -1;

    final long start;

    /** Who appends; nobody after its channel has ended, and then what lies between visible and written is void for ever. */
    @Nullable
    Ledger owner;

    /** Bytes appended. */
    int written;

    /** Bytes that the receiver is known to have. */
    int visible;

    /** The position where the owner went on when this was full, or {@link #NONE}. */
    long next = NONE;

    Zone(long start, Ledger owner) {
        this.start = start;
        this.owner = owner;
    }

    /** Bytes that a flow may refer to. */
    int readable(Ledger reader) {
        return owner == reader ? written : visible;
    }
}
