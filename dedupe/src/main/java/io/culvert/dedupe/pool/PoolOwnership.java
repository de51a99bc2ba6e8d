package io.culvert.dedupe.pool;

import java.nio.charset.StandardCharsets;

/**
 * The right of one gateway to write to a pool that others may see.
 *
 * @param owner name of the gateway, at most 255 bytes of UTF-8; later openers that are refused are told it
 * @param fence higher than that of every earlier owner of the pool; opens it once
 * @param guard whether the right is still live
 */
public record PoolOwnership(String owner, Fence fence, WriteGuard guard) {

    static final int MAX_OWNER_BYTES = 255;

    public PoolOwnership {
        int bytes = owner.getBytes(StandardCharsets.UTF_8).length;
        if (owner.isBlank() || bytes > MAX_OWNER_BYTES) {
            throw new IllegalArgumentException(
                    "owner must have 1 to " + MAX_OWNER_BYTES + " bytes, was \"" + owner + "\"");
        }
    }
}
