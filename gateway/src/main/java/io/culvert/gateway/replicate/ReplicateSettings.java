package io.culvert.gateway.replicate;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * What replication is made with.
 *
 * @param site the own name
 * @param directory for scans and spooled extents, below the state directory
 * @param blocks buffers of {@link BlockPool#BLOCK_BYTES} that an attempt may have if it is alone
 * @param compressionLevel of zstd
 */
public record ReplicateSettings(
        String site, Path directory, int blocks, int compressionLevel, InstantSource clock, RandomGenerator random) {

    /** Source data that one attempt holds in memory if it is alone: enough for 1 Gbit/s over 80 ms, four times compressed. */
    public static final int BLOCKS = 48;
}
