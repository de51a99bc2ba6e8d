package io.culvert.gateway.admin;

/**
 * What came of a test of one channel.
 *
 * @param kind webhook, mail or syslog
 * @param target where it went, without a secret
 * @param taken whether the other side took it, as far as its protocol says so
 * @param reason why not; empty if it did
 */
public record AlertTestView(String kind, String target, boolean taken, String reason, double seconds) {}
