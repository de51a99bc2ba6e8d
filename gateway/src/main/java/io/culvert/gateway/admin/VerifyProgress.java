package io.culvert.gateway.admin;

import java.util.Optional;

/**
 * How far a verification is.
 *
 * @param bytes of chunks hashed again so far
 * @param totalBytes if known
 */
public record VerifyProgress(String pool, long chunks, long bytes, Optional<Long> totalBytes, long damaged) {}
