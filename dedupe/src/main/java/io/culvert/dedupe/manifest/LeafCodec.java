package io.culvert.dedupe.manifest;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry.Access;
import io.culvert.dedupe.manifest.Entry.Stamp;
import io.culvert.dedupe.manifest.Entry.Timestamp;
import io.culvert.dedupe.manifest.Entry.Xattr;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes of a manifest leaf.
 *
 * <pre>
 * leaf    := 0x4C version=1 record*
 * record  := 1 entry | 2 extents
 * entry   := shared suffix type mode uid gid user group size mtime ctime inode [device] [target] xattrs
 *   shared  varint: bytes in common with the path before it in this leaf (0 for the first)
 *   suffix  counted: the rest of the path
 *   mtime   zigzag seconds, varint nanoseconds; ctime likewise
 *   device, target only for the types that have them
 *   xattrs  varint count, then name and value, counted
 * extents := varint count, then each: varint (length &lt;&lt; 1 | hole), for data the 32 bytes of the fingerprint
 * </pre>
 *
 * Numbers are LEB128 varints. A leaf stands alone: the path of its first entry is whole, so a change in one leaf
 * changes no other.
 */
final class LeafCodec {

    static final int MAGIC = 0x4C;
    static final int VERSION = 1;

    /** Largest encoding of one record; a leaf may exceed its size by one record. */
    static final int MAX_RECORD_BYTES = 256 * 1024;

    /** Most extents in one record. */
    static final int MAX_EXTENTS = 4096;

    /**
     * All paths of a leaf together; a prefix that is shared takes next to nothing in the leaf, and all its length in
     * memory.
     */
    static final int MAX_PATHS_BYTES = 8 << 20;

    private static final int ENTRY = 1;
    private static final int EXTENTS = 2;
    private static final EntryType[] TYPES = EntryType.values();

    private LeafCodec() {}

    static void begin(ByteWriter out) {
        out.clear();
        out.octet(MAGIC);
        out.octet(VERSION);
    }

    static void entry(ByteWriter out, PathBytes before, Entry entry) {
        byte[] path = entry.path().raw();
        int mismatch = Arrays.mismatch(before.raw(), path);
        int shared = mismatch < 0 ? path.length : mismatch;
        out.octet(ENTRY);
        out.varint(shared);
        out.counted(new Slice(path, shared, path.length - shared));
        out.octet(entry.type().ordinal());
        Access access = entry.access();
        out.varint(access.mode());
        out.varint(Integer.toUnsignedLong(access.uid()));
        out.varint(Integer.toUnsignedLong(access.gid()));
        out.text(access.user());
        out.text(access.group());
        stamp(out, entry.stamp());
        if (entry.type().isDevice()) {
            out.varint(entry.device());
        }
        if (entry.type().hasTarget()) {
            out.counted(entry.target());
        }
        out.varint(entry.xattrs().size());
        for (Xattr xattr : entry.xattrs()) {
            out.text(xattr.name());
            out.counted(xattr.value());
        }
    }

    private static void stamp(ByteWriter out, Stamp stamp) {
        out.varint(stamp.sizeBytes());
        out.zigzag(stamp.modified().seconds());
        out.varint(stamp.modified().nanos());
        out.zigzag(stamp.changed().seconds());
        out.varint(stamp.changed().nanos());
        out.varint(stamp.inode());
    }

    static void extents(ByteWriter out, List<Extent> extents) {
        out.octet(EXTENTS);
        out.varint(extents.size());
        for (Extent extent : extents) {
            switch (extent) {
                case Extent.Data data -> {
                    out.varint(data.lengthBytes() << 1);
                    out.fingerprint(data.chunk().fingerprint());
                }
                case Extent.Hole hole -> out.varint(hole.lengthBytes() << 1 | 1);
            }
        }
    }

    /**
     * The records of a leaf.
     *
     * @throws CorruptChunkException naming what is wrong: also for paths that no walk can produce
     */
    static List<ManifestRecord> decode(Slice leaf) throws CorruptChunkException {
        ByteReader in = new ByteReader(leaf);
        if (in.octet() != MAGIC || in.octet() != VERSION) {
            throw new CorruptChunkException("not a manifest leaf of version " + VERSION);
        }
        List<ManifestRecord> records = new ArrayList<>();
        byte[] path = new byte[0];
        long pathsBytes = 0;
        while (!in.atEnd()) {
            int kind = in.octet();
            if (kind == ENTRY) {
                path = path(in, path);
                pathsBytes += path.length;
                if (pathsBytes > MAX_PATHS_BYTES) {
                    throw new CorruptChunkException(
                            "the paths of a manifest leaf are longer than " + MAX_PATHS_BYTES + " bytes");
                }
                records.add(entry(in, path));
            } else if (kind == EXTENTS) {
                records.add(extents(in));
            } else {
                throw new CorruptChunkException("a manifest record of unknown kind " + kind);
            }
        }
        return records;
    }

    private static byte[] path(ByteReader in, byte[] before) throws CorruptChunkException {
        int shared = in.bounded("a shared prefix", before.length);
        byte[] suffix = in.counted("a path", PathBytes.MAX_LENGTH_BYTES);
        byte[] path = Arrays.copyOf(before, shared + suffix.length);
        System.arraycopy(suffix, 0, path, shared, suffix.length);
        return path;
    }

    private static Entry entry(ByteReader in, byte[] path) throws CorruptChunkException {
        EntryType type = TYPES[in.bounded("an entry's type", TYPES.length - 1)];
        try {
            Access access = new Access(
                    in.bounded("a mode", 07777),
                    id(in),
                    id(in),
                    in.text("a user name", Access.MAX_NAME_BYTES),
                    in.text("a group name", Access.MAX_NAME_BYTES));
            Stamp stamp = new Stamp(in.natural("a size"), timestamp(in), timestamp(in), in.varint());
            long device = type.isDevice() ? in.varint() : 0;
            Slice target = type.hasTarget() ? Slice.of(in.counted("a target", Entry.MAX_TARGET_BYTES)) : Slice.empty();
            return new Entry(PathBytes.of(path), type, access, stamp, device, target, xattrs(in));
        } catch (IllegalArgumentException e) {
            throw new CorruptChunkException("a manifest entry breaks a rule: " + e.getMessage(), e);
        }
    }

    private static int id(ByteReader in) throws CorruptChunkException {
        long id = in.natural("an owner's id");
        if (id > 0xFFFF_FFFFL) {
            throw new CorruptChunkException("an owner's id in a manifest is " + id);
        }
        return (int) id;
    }

    private static Timestamp timestamp(ByteReader in) throws CorruptChunkException {
        return new Timestamp(in.zigzag(), in.bounded("nanoseconds", 999_999_999));
    }

    private static List<Xattr> xattrs(ByteReader in) throws CorruptChunkException {
        int count = in.bounded("a number of xattrs", Entry.MAX_XATTRS);
        List<Xattr> xattrs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            xattrs.add(new Xattr(
                    in.text("an xattr's name", Xattr.MAX_NAME_BYTES),
                    Slice.of(in.counted("an xattr's value", Xattr.MAX_VALUE_BYTES))));
        }
        return xattrs;
    }

    private static Extents extents(ByteReader in) throws CorruptChunkException {
        int count = in.bounded("a number of extents", MAX_EXTENTS);
        List<Extent> extents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long tagged = in.natural("an extent");
            long length = tagged >>> 1;
            try {
                extents.add(
                        (tagged & 1) == 1
                                ? new Extent.Hole(length)
                                : new Extent.Data(new ChunkRef(in.fingerprint(), Math.toIntExact(length))));
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new CorruptChunkException("an extent in a manifest breaks a rule: " + e.getMessage(), e);
            }
        }
        return new Extents(extents);
    }
}
