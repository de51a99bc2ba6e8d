package io.culvert.gateway.admin;

import java.time.Instant;

/**
 * A one-time invitation of a site.
 *
 * @param token what is handed to the invited site; a secret until it is used or expired
 */
public record Invitation(String peer, String token, Instant expires) {}
