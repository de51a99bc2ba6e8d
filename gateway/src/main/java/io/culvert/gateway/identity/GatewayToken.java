package io.culvert.gateway.identity;

import java.nio.ByteBuffer;

/**
 * A one-time token that makes one more gateway of the site that made it.
 *
 * <p>Printed as {@code culvert-gateway-} and {@link TokenText} of
 *
 * <pre>
 *   0         1          21                      53
 *   | u8 = 1  | secret   | SHA-256 of the CA     | u8 n, site | u16 n, endpoint | check: 4 |
 * </pre>
 *
 * A {@link JoinToken} cannot begin so: its version makes {@code A} the first letter after {@code culvert-}.
 *
 * @param endpoint of the gateway that made it; only there the secret is known
 */
record GatewayToken(JoinSecret secret, CaFingerprint authority, String inviter, Endpoint endpoint) implements Token {
    private static final String PREFIX = "culvert-gateway-";

    GatewayToken {
        SiteName.require(inviter);
    }

    String encode() {
        ByteBuffer out = TokenText.begin().put(secret.bytes()).put(authority.bytes());
        TokenText.put(out, inviter);
        TokenText.put(out, endpoint);
        return TokenText.end(PREFIX, out);
    }

    static boolean isOne(String text) {
        return text.strip().startsWith(PREFIX);
    }

    /** @throws JoinRefusedException with TOKEN_MALFORMED */
    static GatewayToken decode(String text) throws JoinRefusedException {
        if (!isOne(text)) {
            JoinToken peers = JoinToken.decode(text);
            throw TokenText.malformed("it lets the site " + peers.invitee() + " join " + peers.inviter()
                    + " as a peer; at a gateway of " + peers.invitee() + " run `culvert peer join TOKEN`");
        }
        return TokenText.decode(
                PREFIX,
                text,
                in -> new GatewayToken(
                        JoinSecret.read(TokenText.take(in, JoinSecret.LENGTH_BYTES)),
                        CaFingerprint.read(TokenText.take(in, CaFingerprint.LENGTH_BYTES)),
                        TokenText.text(in),
                        TokenText.endpoint(in)));
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "GatewayToken[one more gateway of " + inviter + ", from " + endpoint + "]";
    }
}
