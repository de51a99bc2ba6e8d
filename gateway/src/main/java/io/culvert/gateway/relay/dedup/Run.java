package io.culvert.gateway.relay.dedup;

/**
 * Bytes of a message that are of one kind; {@code from} is an index into the message's array.
 *
 * @param lengthBytes at least 1
 * @param begins whether the payload of a record begins here
 */
record Run(boolean payload, int from, int lengthBytes, boolean begins) {}
