package io.culvert.dedupe.chunk;

/**
 * How long chunks may be and are on average.
 *
 * <p>Changing the sizes of a dataset is safe but costs one full copy: other cuts, other chunks.
 *
 * @param minBytes no chunk but the last of an input is shorter; at least {@link #LEAST_MIN_BYTES}
 * @param averageBytes mean length on random bytes; at least {@link #LEAST_AVERAGE_BYTES}
 * @param maxBytes no chunk is longer; at most {@link ChunkRef#MAX_LENGTH_BYTES}
 */
public record ChunkSizes(int minBytes, int averageBytes, int maxBytes) {

    /** The cut condition looks back this far, and must not look into the chunk before. */
    public static final int LEAST_MIN_BYTES = CutRule.WINDOW_BYTES;

    /** Below it the first stage of the cut condition would be the stricter one. */
    public static final int LEAST_AVERAGE_BYTES = 4096;

    /** Files: small chunks find the most in releases of software and documents. */
    public static final ChunkSizes TREE = new ChunkSizes(4 * 1024, 16 * 1024, 64 * 1024);

    /** Volume images: blocks change in place, and there are many. */
    public static final ChunkSizes VOLUME = new ChunkSizes(8 * 1024, 32 * 1024, 128 * 1024);

    /** Backup streams such as tar or a database dump. */
    public static final ChunkSizes STREAM = new ChunkSizes(8 * 1024, 32 * 1024, 128 * 1024);

    public ChunkSizes {
        atLeast("minBytes", minBytes, LEAST_MIN_BYTES);
        atLeast("averageBytes", averageBytes, LEAST_AVERAGE_BYTES);
        atLeast("averageBytes", averageBytes, 2L * minBytes);
        atLeast("maxBytes", maxBytes, 2L * averageBytes);
        if (maxBytes > ChunkRef.MAX_LENGTH_BYTES) {
            throw new IllegalArgumentException(
                    "maxBytes must be <= " + ChunkRef.MAX_LENGTH_BYTES + ", was " + maxBytes);
        }
    }

    private static void atLeast(String name, int value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be >= " + least + ", was " + value);
        }
    }
}
