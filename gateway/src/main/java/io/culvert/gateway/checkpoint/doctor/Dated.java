package io.culvert.gateway.checkpoint.doctor;

import java.time.Instant;
import java.util.Optional;

/**
 * A time that may not be there.
 *
 * @param trouble why that is not known, a clause; empty if it is
 */
public record Dated(Optional<Instant> at, String trouble) {
    public static final Dated NONE = new Dated(Optional.empty(), "");

    public static Dated of(Instant at) {
        return new Dated(Optional.of(at), "");
    }

    public static Dated unknown(String trouble) {
        return new Dated(Optional.empty(), trouble);
    }
}
