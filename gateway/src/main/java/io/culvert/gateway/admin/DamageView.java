package io.culvert.gateway.admin;

import java.util.List;
import java.util.Optional;

/**
 * One thing that is damaged or missing.
 *
 * @param file of the container
 * @param fingerprint of the chunk in hexadecimal
 * @param reason what is wrong, as a clause
 * @param snapshots ids of those that need it, as far as they were looked at
 */
public record DamageView(
        String pool,
        Optional<String> file,
        Optional<Long> offsetBytes,
        Optional<String> fingerprint,
        String reason,
        List<String> snapshots) {
    public DamageView {
        snapshots = List.copyOf(snapshots);
    }
}
