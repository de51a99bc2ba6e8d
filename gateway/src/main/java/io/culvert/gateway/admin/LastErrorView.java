package io.culvert.gateway.admin;

import java.time.Instant;

/** What went wrong last, in one sentence. */
public record LastErrorView(Instant at, String sentence) {}
