package io.culvert.gateway.checkpoint.doctor;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Checks a snapshot of etcd as its bytes pass: the last 32 are the SHA-256 of all before them. {@code etcdctl snapshot status} does not
 * look at it, only a restore does.
 */
final class TrailingSum {

    static final int SUM_BYTES = 32;

    private final MessageDigest digest;
    private final byte[] last = new byte[SUM_BYTES];
    private int held;
    private long bytes;

    TrailingSum() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    void update(byte[] from, int offset, int length) {
        bytes += length;
        if (length >= SUM_BYTES) {
            digest.update(last, 0, held);
            digest.update(from, offset, length - SUM_BYTES);
            System.arraycopy(from, offset + length - SUM_BYTES, last, 0, SUM_BYTES);
            held = SUM_BYTES;
            return;
        }
        int passed = Math.max(0, held + length - SUM_BYTES);
        digest.update(last, 0, passed);
        System.arraycopy(last, passed, last, 0, held - passed);
        System.arraycopy(from, offset, last, held - passed, length);
        held += length - passed;
    }

    /** Whether all that passed is one whole snapshot. To be asked once. */
    boolean isWhole() {
        return bytes > SUM_BYTES && MessageDigest.isEqual(digest.digest(), last);
    }

    /** Of the database, without its sum. */
    long databaseBytes() {
        return Math.max(0, bytes - SUM_BYTES);
    }
}
