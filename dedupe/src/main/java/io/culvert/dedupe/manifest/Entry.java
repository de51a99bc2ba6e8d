package io.culvert.dedupe.manifest;

import io.culvert.dedupe.chunk.Slice;
import java.util.List;

/**
 * One thing in a file system, with all that restoring it needs but its data.
 *
 * @param path where it is below the root
 * @param access mode and owner
 * @param stamp size, times and inode, by which an unchanged file is recognised
 * @param device major number in the upper, minor in the lower 32 bits; 0 unless a device
 * @param target the bytes of a symlink's target, or the path of the first name of a hard link; else empty
 * @param xattrs extended attributes, POSIX ACLs among them, sorted by name; empty for a hard link
 */
public record Entry(
        PathBytes path, EntryType type, Access access, Stamp stamp, long device, Slice target, List<Xattr> xattrs)
        implements ManifestRecord {

    /** Longest symlink target; Linux ends at 4,095 bytes, a hard link names a whole path. */
    public static final int MAX_TARGET_BYTES = PathBytes.MAX_LENGTH_BYTES;

    /** Most extended attributes of one entry. */
    public static final int MAX_XATTRS = 1_000;

    public Entry {
        xattrs = List.copyOf(xattrs);
        if (target.length() > MAX_TARGET_BYTES) {
            throw new IllegalArgumentException("target must have at most " + MAX_TARGET_BYTES + " bytes");
        }
        if (xattrs.size() > MAX_XATTRS) {
            throw new IllegalArgumentException("at most " + MAX_XATTRS + " xattrs, was " + xattrs.size());
        }
        if (type.hasTarget() != !target.isEmpty()) {
            throw new IllegalArgumentException(type + " and a target of " + target.length() + " bytes do not fit");
        }
    }

    public Entry withXattrs(List<Xattr> values) {
        return new Entry(path, type, access, stamp, device, target, values);
    }

    /**
     * Mode and owner.
     *
     * @param mode the lower twelve bits of the mode: permissions, set-id and sticky
     * @param user the owner's name at the source, empty if it had none
     * @param group the group's name at the source, empty if it had none
     */
    public record Access(int mode, int uid, int gid, String user, String group) {

        /** Longest name of a user or group, in UTF-8. */
        public static final int MAX_NAME_BYTES = 255;

        public Access {
            if ((mode & ~07777) != 0) {
                throw new IllegalArgumentException("mode must be within 07777, was " + Integer.toOctalString(mode));
            }
        }
    }

    /**
     * What tells an unchanged file: if all four are as they were, its data is not read again.
     *
     * @param sizeBytes the file's length; 0 where it has none
     * @param inode the inode number at the source
     */
    public record Stamp(long sizeBytes, Timestamp modified, Timestamp changed, long inode) {
        public Stamp {
            if (sizeBytes < 0) {
                throw new IllegalArgumentException("sizeBytes must be >= 0, was " + sizeBytes);
            }
        }
    }

    /** A time of a file, in seconds since 1970 and nanoseconds; years before 1970 are negative seconds. */
    public record Timestamp(long seconds, int nanos) {
        public Timestamp {
            if (nanos < 0 || nanos > 999_999_999) {
                throw new IllegalArgumentException("nanos must be within 0..999999999, was " + nanos);
            }
        }
    }

    /** One extended attribute: the name with its namespace, such as {@code user.x}, and the value. */
    public record Xattr(String name, Slice value) {

        /** Longest name and value, as Linux has them. */
        public static final int MAX_NAME_BYTES = 255;

        public static final int MAX_VALUE_BYTES = 64 * 1024;

        public Xattr {
            if (name.isEmpty() || value.length() > MAX_VALUE_BYTES) {
                throw new IllegalArgumentException(
                        "an xattr has a name and at most " + MAX_VALUE_BYTES + " bytes, was " + value.length());
            }
        }
    }
}
