package io.culvert.gateway.admin;

import java.time.Instant;

/**
 * The session of a browser.
 *
 * @param gateway that it is at, SITE/NUMBER
 * @param ends unless it is used before
 */
public record SessionView(String gateway, Instant ends) {}
