package io.culvert.dedupe.chunk;

/** Computes fingerprints; an instance belongs to one thread at a time. */
public interface Fingerprinter {

    /** The fingerprint of {@code length} bytes at {@code offset}. */
    Fingerprint of(byte[] data, int offset, int length);
}
