package io.culvert.gateway.replicate;

import io.culvert.dedupe.pool.Snapshot;
import java.nio.charset.StandardCharsets;

/**
 * What a pool notes as the attempt that stored a segment: the site's name, a slash, and the id that the site gave the
 * attempt. A site chooses its ids, but cannot store under the name of another, so a segment's origin can be believed.
 */
final class Origin {

    /** What a container's record has room for. */
    private static final int MAX_BYTES = 255;

    private Origin() {}

    /** @throws IllegalArgumentException if the id is too long */
    static String of(String site, String attempt) {
        String origin = site + "/" + attempt;
        int bytes = origin.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "site and attempt id must be <= " + MAX_BYTES + " bytes together, were " + bytes);
        }
        return origin;
    }

    /** The origin of what a snapshot's own attempt stored. */
    static String of(Snapshot snapshot) {
        return of(snapshot.site(), snapshot.attempt());
    }
}
