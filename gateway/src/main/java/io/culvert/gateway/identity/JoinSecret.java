package io.culvert.gateway.identity;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/** The 160 random bits in a token that let its bearer join, once. Never printed but inside the token. */
final class JoinSecret {
    static final int LENGTH_BYTES = 20;
    private final byte[] value;

    private JoinSecret(byte[] value) {
        if (value.length != LENGTH_BYTES) {
            throw new IllegalArgumentException("a secret must be " + LENGTH_BYTES + " bytes, was " + value.length);
        }
        this.value = value;
    }

    static JoinSecret generate(SecureRandom random) {
        byte[] value = new byte[LENGTH_BYTES];
        random.nextBytes(value);
        return new JoinSecret(value);
    }

    static JoinSecret read(byte[] value) {
        return new JoinSecret(value.clone());
    }

    byte[] bytes() {
        return value.clone();
    }

    /** What the inviter stores: 160 random bits need no slow hash. */
    String hash() {
        return HexFormat.of()
                .formatHex(new Transcript("culvert invitation").add(value).digest());
    }

    byte[] mac(byte[] transcript) {
        return Secrets.hmac(value, transcript);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JoinSecret that && MessageDigest.isEqual(value, that.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return "JoinSecret[…]";
    }
}
