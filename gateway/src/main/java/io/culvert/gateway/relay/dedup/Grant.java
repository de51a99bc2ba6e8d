package io.culvert.gateway.relay.dedup;

/**
 * Room in the history for bytes of one message.
 *
 * @param lengthBytes at least 1; within the zone
 */
record Grant(Zone zone, long position, int lengthBytes) {}
