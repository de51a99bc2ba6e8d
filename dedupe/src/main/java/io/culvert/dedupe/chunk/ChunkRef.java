package io.culvert.dedupe.chunk;

/** A chunk by name: its fingerprint and its length before compression. */
public record ChunkRef(Fingerprint fingerprint, int lengthBytes) {

    /** No chunk is longer, whatever the {@link ChunkSizes}: the bound that every decoder checks first. */
    public static final int MAX_LENGTH_BYTES = 512 * 1024;

    /** Bytes of the fixed encoding: the fingerprint, then the length as a big-endian int. */
    public static final int ENCODED_BYTES = Fingerprint.LENGTH_BYTES + 4;

    public ChunkRef {
        if (lengthBytes < 1 || lengthBytes > MAX_LENGTH_BYTES) {
            throw new IllegalArgumentException(
                    "lengthBytes must be within 1.." + MAX_LENGTH_BYTES + ", was " + lengthBytes);
        }
    }

    /** The name, short enough for a message: the first twelve digits and the length. */
    @Override
    public String toString() {
        return fingerprint.hex().substring(0, 12) + "+" + lengthBytes;
    }
}
