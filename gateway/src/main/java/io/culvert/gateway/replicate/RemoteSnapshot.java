package io.culvert.gateway.replicate;

import io.culvert.dedupe.pool.Snapshot;

/**
 * A snapshot and where it lies.
 *
 * @param heldBy the site
 * @param pool the pool at that site
 */
public record RemoteSnapshot(String heldBy, String pool, Snapshot snapshot) {}
