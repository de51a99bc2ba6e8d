package io.culvert.gateway.identity;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * The one line that a token is printed as: a prefix that says what kind it is, and base64url without padding of
 *
 * <pre>
 *   | u8 = 1 | what the kind says | check: 4 |
 * </pre>
 *
 * where the check is the start of the SHA-256 of all before it. It catches a slip of copying, no more: who changes a
 * token on purpose meets the pinned CA or an unknown secret.
 */
final class TokenText {
    static final int MAX_CHARS = 640;
    static final int MAX_BYTES = 512;
    private static final int VERSION = 1;
    private static final int CHECK_BYTES = 4;

    private TokenText() {}

    /** Reads what follows the version. */
    interface Body<T> {
        T read(ByteBuffer in) throws JoinRefusedException;
    }

    /** A buffer that begins as every token does. */
    static ByteBuffer begin() {
        return ByteBuffer.allocate(MAX_BYTES).put((byte) VERSION);
    }

    static String end(String prefix, ByteBuffer out) {
        byte[] body = Arrays.copyOf(out.array(), out.position());
        out.put(Secrets.sha256(body), 0, CHECK_BYTES);
        byte[] all = Arrays.copyOf(out.array(), out.position());
        return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(all);
    }

    /** @throws JoinRefusedException with TOKEN_MALFORMED */
    static <T> T decode(String prefix, String text, Body<T> body) throws JoinRefusedException {
        String line = text.strip();
        if (line.length() > MAX_CHARS || !line.startsWith(prefix)) {
            throw malformed("it must be one line that starts with " + prefix);
        }
        try {
            ByteBuffer in = checked(Base64.getUrlDecoder().decode(line.substring(prefix.length())));
            int version = in.get();
            if (version != VERSION) {
                throw malformed("it is of version " + version + ", this Culvert reads version " + VERSION);
            }
            T token = body.read(in);
            if (in.hasRemaining()) {
                throw malformed("something follows it");
            }
            return token;
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            throw malformed("a part is missing or was changed; copy it again");
        }
    }

    private static ByteBuffer checked(byte[] all) throws JoinRefusedException {
        if (all.length < CHECK_BYTES) {
            throw malformed("it is too short");
        }
        byte[] body = Arrays.copyOf(all, all.length - CHECK_BYTES);
        byte[] check = Arrays.copyOfRange(all, body.length, all.length);
        if (!Arrays.equals(check, Arrays.copyOf(Secrets.sha256(body), CHECK_BYTES))) {
            throw malformed("its checksum is wrong, so a part is missing or was changed; copy it again");
        }
        return ByteBuffer.wrap(body);
    }

    static byte[] take(ByteBuffer in, int lengthBytes) {
        if (lengthBytes > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] part = new byte[lengthBytes];
        in.get(part);
        return part;
    }

    /** A text of up to 255 bytes behind its length. */
    static String text(ByteBuffer in) {
        return ascii(take(in, Byte.toUnsignedInt(in.get())));
    }

    static void put(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        out.put((byte) bytes.length).put(bytes);
    }

    /** An endpoint behind its length in two bytes. */
    static Endpoint endpoint(ByteBuffer in) {
        return Endpoint.of(ascii(take(in, Short.toUnsignedInt(in.getShort()))));
    }

    static void put(ByteBuffer out, Endpoint endpoint) {
        byte[] bytes = endpoint.toString().getBytes(StandardCharsets.US_ASCII);
        out.putShort((short) bytes.length).put(bytes);
    }

    private static String ascii(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    static JoinRefusedException malformed(String why) {
        return new JoinRefusedException(JoinRefusal.TOKEN_MALFORMED, "this is not a usable join token: " + why);
    }
}
