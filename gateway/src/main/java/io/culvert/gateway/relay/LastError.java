package io.culvert.gateway.relay;

import java.time.Instant;

/** What went wrong last, in one sentence. */
public record LastError(Instant at, String sentence) {}
