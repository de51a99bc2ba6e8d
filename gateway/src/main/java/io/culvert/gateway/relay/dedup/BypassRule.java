package io.culvert.gateway.relay.dedup;

/**
 * Decides for one flow in {@link Mode#AUTO} whether packing is worth its CPU. For one thread.
 *
 * <pre>
 * LOOKING   -- 8 MiB (1 MiB after a bypass) with next to no repeat and more than 7.8 bits per byte --> BYPASSING
 * LOOKING   -- 8 MiB with repeats, or less random                                                  --> LOOKING
 * LOOKING   -- the flow's first bytes are those of TLS                                             --> BYPASSING
 * BYPASSING -- 64 MiB                                                                              --> LOOKING
 * </pre>
 *
 * <p>NFS is given 256 MiB (8 MiB after a bypass) instead: files that are compressed are copied twice like others, and what is not
 * stored in the first copy cannot be referred to in the second.
 */
final class BypassRule {

    static final long LOOK_BYTES = 8L << 20;
    static final long LOOK_AGAIN_BYTES = 1L << 20;
    static final long NFS_LOOK_BYTES = 256L << 20;
    static final long NFS_LOOK_AGAIN_BYTES = 8L << 20;
    static final long BYPASS_BYTES = 64L << 20;

    private static final double RANDOM_BITS = 7.8;

    /** Fewer repeats than one byte in so many are chance. */
    private static final int LEAST_REPEATS = 64;

    private static final byte TLS_HANDSHAKE = 0x16;
    private static final byte TLS_MAJOR = 0x03;

    private final EntropyMeter entropy = new EntropyMeter();
    private final long lookBytes;
    private final long lookAgainBytes;
    private PackingState state = PackingState.ACTIVE;
    private long leftBytes;
    private long seenBytes;
    private long repeatedBytes;

    BypassRule(boolean nfs) {
        lookBytes = nfs ? NFS_LOOK_BYTES : LOOK_BYTES;
        lookAgainBytes = nfs ? NFS_LOOK_AGAIN_BYTES : LOOK_AGAIN_BYTES;
        leftBytes = lookBytes;
    }

    PackingState state() {
        return state;
    }

    /** The first bytes of the flow. */
    void begins(byte[] data, int from, int lengthBytes) {
        if (lengthBytes >= 2 && data[from] == TLS_HANDSHAKE && data[from + 1] == TLS_MAJOR) {
            bypass(PackingState.BYPASSED_ENCRYPTED);
        }
    }

    /** Bytes that were sent as they are, on behalf of this rule. */
    void bypassed(int lengthBytes) {
        leftBytes -= lengthBytes;
        if (leftBytes <= 0) {
            state = PackingState.ACTIVE;
            look(lookAgainBytes);
        }
    }

    /** Payload that was packed. */
    void sample(byte[] data, int from, int lengthBytes) {
        entropy.add(data, from, lengthBytes);
        seenBytes += lengthBytes;
        leftBytes -= lengthBytes;
    }

    /** After each packed message. */
    void packed(int newlyRepeatedBytes) {
        repeatedBytes += newlyRepeatedBytes;
        if (leftBytes <= 0) {
            if (repeatedBytes < seenBytes / LEAST_REPEATS && entropy.bitsPerByte() > RANDOM_BITS) {
                bypass(PackingState.BYPASSED_INCOMPRESSIBLE);
            } else {
                look(lookBytes);
            }
        }
    }

    private void bypass(PackingState why) {
        state = why;
        leftBytes = BYPASS_BYTES;
    }

    private void look(long bytes) {
        leftBytes = bytes;
        seenBytes = 0;
        repeatedBytes = 0;
        entropy.reset();
    }
}
