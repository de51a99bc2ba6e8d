package io.culvert.gateway.relay.dedup;

/**
 * How a sent history stands.
 *
 * @param sizeBytes of the ring; 0 if the peer's receiving half is not known or has none
 * @param storedBytes appended since the receiver's instance began
 * @param refusedBytes sent without being stored, because something unacknowledged stood where they would have gone, or because the
 *     file failed
 * @param failure why the file is of no use, as a sentence; empty if it is
 */
public record HistoryStatus(long sizeBytes, long storedBytes, long refusedBytes, String failure) {}
