package io.culvert.siteconfig;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A pool of this site.
 *
 * @param path the directory that is the pool's alone; absolute, normal, neither in nor around another pool
 * @param quota the most it may hold; nothing: what the file system has
 */
public record PoolConfig(Path path, Optional<ByteSize> quota) {
    /** Less would not hold one container and its index. */
    public static final ByteSize MIN_QUOTA = new ByteSize(16L << 20);
}
