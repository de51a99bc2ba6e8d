package io.culvert.gateway.identity;

/** Why an invitation cannot be made or a join does not come about. The name goes over the wire. */
public enum JoinRefusal {
    /** The text is not a token, or was changed on its way: its checksum is wrong. */
    TOKEN_MALFORMED,
    /** The inviting site never made this token, or forgot it long after its end. */
    TOKEN_UNKNOWN,
    TOKEN_EXPIRED,
    /** Someone joined with it: each token serves once. */
    TOKEN_USED,
    /** The token is for another site name than the one that joins. */
    WRONG_SITE_NAME,
    /** A peer of that name is enrolled: revoke it first. */
    ALREADY_ENROLLED,
    /** The clocks of the two sites differ by more than the tolerance. */
    CLOCK_SKEW,
    /** What answers at the endpoint is not the CA that the token pins: a wrong address, or someone in between. */
    WRONG_CA,
    /** A proof in the message is wrong: the other side lacks the secret or the CA's key. */
    BAD_PROOF,
    /** A message too large, unreadable, or with a field out of its bounds. */
    MALFORMED_MESSAGE,
    /** Too many attempts of late. */
    TOO_MANY_ATTEMPTS,
    /** No invitation is open at that site, so it does not listen to joins at all. */
    NO_INVITATION,
    /** The other side could do no more: it says why. */
    FAILED_THERE
}
