package io.culvert.gateway.identity;

import java.nio.ByteBuffer;

/**
 * A one-time token that lets one named site join the site that made it.
 *
 * <p>Printed as {@code culvert-} and {@link TokenText} of
 *
 * <pre>
 *   0         1          21                      53
 *   | u8 = 1  | secret   | SHA-256 of inviter CA | u8 n, inviter | u8 n, invitee | u16 n, endpoint | check: 4 |
 * </pre>
 */
record JoinToken(JoinSecret secret, CaFingerprint authority, String inviter, String invitee, Endpoint endpoint)
        implements Token {
    private static final String PREFIX = "culvert-";

    JoinToken {
        SiteName.require(inviter);
        SiteName.require(invitee);
    }

    String encode() {
        ByteBuffer out = TokenText.begin().put(secret.bytes()).put(authority.bytes());
        TokenText.put(out, inviter);
        TokenText.put(out, invitee);
        TokenText.put(out, endpoint);
        return TokenText.end(PREFIX, out);
    }

    /** @throws JoinRefusedException with TOKEN_MALFORMED */
    static JoinToken decode(String text) throws JoinRefusedException {
        if (GatewayToken.isOne(text)) {
            throw TokenText.malformed("it is for one more gateway of a site, not for a peer; on the new host run"
                    + " `culvert init --join TOKEN --dir DIR`");
        }
        return TokenText.decode(
                PREFIX,
                text,
                in -> new JoinToken(
                        JoinSecret.read(TokenText.take(in, JoinSecret.LENGTH_BYTES)),
                        CaFingerprint.read(TokenText.take(in, CaFingerprint.LENGTH_BYTES)),
                        TokenText.text(in),
                        TokenText.text(in),
                        TokenText.endpoint(in)));
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "JoinToken[" + inviter + " at " + endpoint + " invites " + invitee + "]";
    }
}
