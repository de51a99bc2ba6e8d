package io.culvert.gateway.admin;

import java.util.Optional;

/** What is to be verified: one snapshot, one pool, or, when neither is named, all pools of this site. */
public record VerifyRequest(Optional<String> snapshot, Optional<String> pool) {}
