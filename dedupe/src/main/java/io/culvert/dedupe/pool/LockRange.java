package io.culvert.dedupe.pool;

/**
 * The bytes of {@code POOL/lock} that an opener locks (none of them need exist). Without an ownership it is all of them; an
 * owner takes one, which its fence chooses, so that a former owner that hangs does not keep a later one out, and either
 * keeps out, and is kept out by, whoever has none.
 */
record LockRange(long fromByte, long bytes) {

    static final LockRange ALL = new LockRange(0, Long.MAX_VALUE);
    private static final long EPOCHS_APART = 0x9E37_79B9_7F4A_7C15L;

    static LockRange of(Fence fence) {
        return new LockRange((fence.epoch() * EPOCHS_APART + fence.revision()) & (Long.MAX_VALUE >>> 1), 1);
    }

    boolean overlaps(LockRange other) {
        return fromByte < other.fromByte + other.bytes && other.fromByte < fromByte + bytes;
    }
}
