package io.culvert.gateway.admin;

import java.time.Instant;

/**
 * A one-time invitation of one more gateway of this site.
 *
 * @param inviter the gateway that made it, as {@code SITE/NUMBER}
 * @param token what the new gateway is made with; a secret until it is used or expired
 */
public record GatewayInvitation(String inviter, String token, Instant expires) {}
