package io.culvert.siteconfig;

import java.nio.file.Path;
import java.util.Optional;

/** How a source is frozen at one moment before it is read. */
public sealed interface PointInTime {
    /**
     * A program that makes and removes the frozen copy.
     *
     * @param program absolute
     */
    record Hook(Path program) implements PointInTime {}

    /**
     * A read-only btrfs snapshot.
     *
     * @param subvolume absolute; it holds the dataset's path
     */
    record Btrfs(Path subvolume) implements PointInTime {}

    /**
     * An LVM snapshot.
     *
     * @param volume {@code group/volume}
     * @param reserve the space for what changes meanwhile; nothing: a thin volume, which needs none
     */
    record Lvm(String volume, Optional<ByteSize> reserve) implements PointInTime {}

    /**
     * A Ceph RBD snapshot.
     *
     * @param image {@code pool/image} or {@code pool/namespace/image}
     */
    record Rbd(String image) implements PointInTime {}
}
