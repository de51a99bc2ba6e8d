package io.culvert.gateway.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * What both sides of an enrolment must have seen alike: a label and fields, each with its length, under SHA-256.
 *
 * <pre>
 *   | u32 length | label | u32 length | field 1 | u32 length | field 2 | …      big-endian
 * </pre>
 */
final class Transcript {
    private final MessageDigest digest = Secrets.sha256();

    Transcript(String label) {
        add(label);
    }

    Transcript add(byte[] field) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(field.length).flip());
        digest.update(field);
        return this;
    }

    Transcript add(String field) {
        return add(field.getBytes(StandardCharsets.UTF_8));
    }

    Transcript add(long field) {
        return add(ByteBuffer.allocate(Long.BYTES).putLong(field).array());
    }

    Transcript add(boolean field) {
        return add(field ? 1L : 0L);
    }

    /** Ends the transcript; it cannot be used after. */
    byte[] digest() {
        return digest.digest();
    }
}
