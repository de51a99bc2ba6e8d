package io.culvert.gateway.relay.portmap;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes XDR (RFC 4506). */
final class XdrOutput {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    XdrOutput uint(long value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.write((int) (value >>> shift));
        }
        return this;
    }

    XdrOutput flag(boolean value) {
        return uint(value ? 1 : 0);
    }

    /** Opaque data of a variable length. */
    XdrOutput opaque(byte[] bytes) {
        uint(bytes.length);
        out.writeBytes(bytes);
        for (int length = bytes.length; length % Integer.BYTES != 0; length++) {
            out.write(0);
        }
        return this;
    }

    XdrOutput string(String text) {
        return opaque(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    int lengthBytes() {
        return out.size();
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
