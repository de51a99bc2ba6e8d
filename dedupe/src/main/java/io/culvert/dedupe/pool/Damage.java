package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.Fingerprint;
import java.util.Optional;

/**
 * One thing that is damaged or missing.
 *
 * @param file name of the container; empty if the chunk has no place
 * @param offsetBytes where the damaged segment record begins, or -1
 * @param fingerprint the chunk that cannot be served; empty if what is damaged cannot even be read that far
 * @param reason what is wrong, as a clause
 */
public record Damage(String file, long offsetBytes, Optional<Fingerprint> fingerprint, String reason) {

    @Override
    public String toString() {
        String where = file.isEmpty() ? "" : file + " at " + offsetBytes + ": ";
        return where + fingerprint.map(f -> "chunk " + f.hex() + ": ").orElse("") + reason;
    }
}
