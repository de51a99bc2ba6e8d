package io.culvert.gateway.admin;

import java.time.Instant;
import java.util.Optional;

/**
 * The gateway itself.
 *
 * @param admin where it serves {@code admin.listen}, if it does
 * @param residentBytes of the process
 */
public record GatewayView(
        String site,
        String version,
        long pid,
        Instant started,
        String listen,
        Optional<String> admin,
        String stateDir,
        String authority,
        Optional<Instant> certificateExpires,
        long residentBytes) {}
