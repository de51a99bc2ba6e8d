package io.culvert.gateway.relay.dedup;

/** A part of a message that is being packed; {@code from} is an index into the message's array. */
sealed interface Part {

    int from();

    /** At least 1. */
    int lengthBytes();

    /** Not payload: never stored, sent as what is different from the last of its length. */
    record Header(int from, int lengthBytes) implements Part {}

    /** Payload that is not in the history and may be stored. */
    record Fresh(int from, int lengthBytes) implements Part {}

    /** Payload that is in the history, but so short that a reference would not pay. */
    record Known(int from, int lengthBytes) implements Part {}

    /** Payload that stands in the history at a position. */
    record Repeated(int from, int lengthBytes, long position) implements Part {}
}
