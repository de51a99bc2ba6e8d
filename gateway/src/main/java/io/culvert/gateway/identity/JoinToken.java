package io.culvert.gateway.identity;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * A one-time token that lets one named site join the site that made it.
 *
 * <p>Printed as one line, {@code culvert-} and base64url without padding of
 *
 * <pre>
 *   0         1          21                      53
 *   | u8 = 1  | secret   | SHA-256 of inviter CA | u8 n, inviter | u8 n, invitee | u16 n, endpoint | check: 4 |
 * </pre>
 *
 * where the check is the start of the SHA-256 of all before it. It catches a slip of copying, no more: who changes a
 * token on purpose meets the pinned CA or an unknown secret.
 */
record JoinToken(JoinSecret secret, CaFingerprint authority, String inviter, String invitee, Endpoint endpoint) {
    static final int MAX_CHARS = 640;
    private static final String PREFIX = "culvert-";
    private static final int VERSION = 1;
    private static final int CHECK_BYTES = 4;
    private static final int MAX_BYTES = 512;

    JoinToken {
        SiteName.require(inviter);
        SiteName.require(invitee);
    }

    String encode() {
        ByteBuffer out = ByteBuffer.allocate(MAX_BYTES);
        out.put((byte) VERSION).put(secret.bytes()).put(authority.bytes());
        byte[] from = ascii(inviter);
        byte[] to = ascii(invitee);
        byte[] at = ascii(endpoint.toString());
        out.put((byte) from.length).put(from).put((byte) to.length).put(to);
        out.putShort((short) at.length).put(at);
        byte[] body = Arrays.copyOf(out.array(), out.position());
        out.put(Secrets.sha256(body), 0, CHECK_BYTES);
        byte[] all = Arrays.copyOf(out.array(), out.position());
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(all);
    }

    /** @throws JoinRefusedException with TOKEN_MALFORMED */
    static JoinToken decode(String text) throws JoinRefusedException {
        String line = text.strip();
        if (line.length() > MAX_CHARS || !line.startsWith(PREFIX)) {
            throw malformed("it must be one line that starts with " + PREFIX);
        }
        try {
            byte[] all = Base64.getUrlDecoder().decode(line.substring(PREFIX.length()));
            if (all.length < CHECK_BYTES) {
                throw malformed("it is too short");
            }
            byte[] body = Arrays.copyOf(all, all.length - CHECK_BYTES);
            byte[] check = Arrays.copyOfRange(all, body.length, all.length);
            if (!Arrays.equals(check, Arrays.copyOf(Secrets.sha256(body), CHECK_BYTES))) {
                throw malformed("its checksum is wrong, so a part is missing or was changed; copy it again");
            }
            return decode(ByteBuffer.wrap(body));
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            throw malformed("a part is missing or was changed; copy it again");
        }
    }

    private static JoinToken decode(ByteBuffer in) throws JoinRefusedException {
        int version = in.get();
        if (version != VERSION) {
            throw malformed("it is of version " + version + ", this Culvert reads version " + VERSION);
        }
        JoinSecret secret = JoinSecret.read(take(in, JoinSecret.LENGTH_BYTES));
        CaFingerprint authority = CaFingerprint.read(take(in, CaFingerprint.LENGTH_BYTES));
        String inviter = text(in, Byte.toUnsignedInt(in.get()));
        String invitee = text(in, Byte.toUnsignedInt(in.get()));
        Endpoint endpoint = Endpoint.of(text(in, Short.toUnsignedInt(in.getShort())));
        if (in.hasRemaining()) {
            throw malformed("something follows it");
        }
        return new JoinToken(secret, authority, inviter, invitee, endpoint);
    }

    private static byte[] take(ByteBuffer in, int lengthBytes) {
        if (lengthBytes > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] part = new byte[lengthBytes];
        in.get(part);
        return part;
    }

    private static String text(ByteBuffer in, int lengthBytes) {
        return new String(take(in, lengthBytes), StandardCharsets.US_ASCII);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static JoinRefusedException malformed(String why) {
        return new JoinRefusedException(JoinRefusal.TOKEN_MALFORMED, "this is not a usable join token: " + why);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "JoinToken[" + inviter + " at " + endpoint + " invites " + invitee + "]";
    }
}
