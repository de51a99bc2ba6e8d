package io.culvert.gateway.identity;

/** A one-time token: where its bearer finds the site that made it, which CA must answer there, and the secret to show. */
sealed interface Token permits JoinToken, GatewayToken {
    JoinSecret secret();

    /** The CA that the acceptor must show. */
    CaFingerprint authority();

    /** The site that made it. */
    String inviter();

    Endpoint endpoint();
}
