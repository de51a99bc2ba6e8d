package io.culvert.gateway.schedule;

import java.time.Instant;
import java.util.Optional;

/** The times at which a dataset's job is to start. */
@FunctionalInterface
public interface Schedule {
    /** Returns the first time after this one, itself excluded; empty if there is none. */
    Optional<Instant> nextAfter(Instant instant);
}
