package io.culvert.gateway.identity;

/**
 * Why a certificate is refused.
 *
 * <p>The name goes over the wire (trailer {@code culvert-refused} and the message {@code RefusalNotice}), so both sites
 * say the same word. Names are never reused with another meaning.
 */
public enum PeerRefusal {
    /** No CA enrolled for that site signed the certificate. */
    WRONG_CA("its certificate is not signed by the CA that was enrolled for it"),
    /** By this site's clock the certificate, or the CA above it, is past its last moment. */
    EXPIRED("its certificate has expired"),
    /** By this site's clock the certificate, or the CA above it, is before its first moment. */
    NOT_YET_VALID("its certificate is not yet valid"),
    /** The certificate names another site than the one that was dialled, or than the one whose CA signed it. */
    WRONG_SITE("its certificate names another site"),
    /** The peer, or this one certificate, was revoked here. */
    REVOKED("it was revoked"),
    /** The other side showed no certificate. */
    NO_CERTIFICATE("it showed no certificate"),
    /** No peer of that name is enrolled here. */
    UNKNOWN_PEER("no peer of that name is enrolled"),
    /** Signed by the right CA, but not a gateway's certificate: no single identity in it, a CA, or a wrong key usage. */
    MALFORMED_CERTIFICATE("its certificate is not a gateway's");

    private final String clause;

    PeerRefusal(String clause) {
        this.clause = clause;
    }

    /** The reason as the second half of a sentence that starts with the peer's name. */
    String clause() {
        return clause;
    }
}
