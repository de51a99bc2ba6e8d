package io.culvert.gateway.identity;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/** The SHA-256 of a CA certificate's DER form: what a token pins and what people compare. */
final class CaFingerprint {
    static final int LENGTH_BYTES = 32;
    private final byte[] value;

    private CaFingerprint(byte[] value) {
        this.value = value;
    }

    static CaFingerprint of(byte[] der) {
        return new CaFingerprint(Secrets.sha256(der));
    }

    static CaFingerprint read(byte[] value) {
        if (value.length != LENGTH_BYTES) {
            throw new IllegalArgumentException("a fingerprint must be 32 bytes, was " + value.length);
        }
        return new CaFingerprint(value.clone());
    }

    byte[] bytes() {
        return value.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CaFingerprint that && MessageDigest.isEqual(value, that.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(value);
    }
}
