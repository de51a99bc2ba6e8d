package io.culvert.gateway.admin;

/**
 * Whether a gateway can do its work.
 *
 * @param sentence why it cannot, or that it can
 */
public record Readiness(boolean ready, String sentence) {}
