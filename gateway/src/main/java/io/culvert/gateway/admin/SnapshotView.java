package io.culvert.gateway.admin;

import java.time.Instant;
import java.util.Optional;

/**
 * A complete snapshot.
 *
 * @param site where its source is
 * @param kind tree, volume or stream
 * @param created when its source began to be read
 * @param heldBy the site whose pool holds it
 * @param fence {@code epoch.revision}
 * @param root fingerprint of its manifest in hexadecimal
 * @param lockedUntil retention lock
 */
public record SnapshotView(
        String id,
        String dataset,
        String site,
        String kind,
        String heldBy,
        String pool,
        Instant created,
        String label,
        String attempt,
        String fence,
        String root,
        long entries,
        long sourceBytes,
        Optional<Instant> lockedUntil) {}
