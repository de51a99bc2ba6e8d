package io.culvert.dedupe.manifest;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry.Access;
import io.culvert.dedupe.manifest.Entry.Stamp;
import io.culvert.dedupe.manifest.Entry.Timestamp;
import io.culvert.dedupe.manifest.Entry.Xattr;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Makes entries, and whole trees of them in the order of a walk. */
final class TestTrees {

    private static final EntryType[] TYPES = EntryType.values();

    private TestTrees() {}

    static Stamp stamp(long sizeBytes) {
        return new Stamp(sizeBytes, new Timestamp(1_700_000_000, 5), new Timestamp(1_700_000_001, 6), 77);
    }

    static Access access() {
        return new Access(0644, 1000, 1000, "user", "group");
    }

    static Entry entry(PathBytes path, EntryType type, long sizeBytes, String target) {
        return new Entry(path, type, access(), stamp(sizeBytes), 0, Slice.of(bytes(target)), List.of());
    }

    static Entry directory(String path) {
        return entry(PathBytes.of(path), EntryType.DIRECTORY, 0, "");
    }

    static Entry file(String path, long sizeBytes) {
        return entry(PathBytes.of(path), EntryType.FILE, sizeBytes, "");
    }

    static Entry hardLink(String path, String target) {
        return entry(PathBytes.of(path), EntryType.HARD_LINK, 0, target);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    static ChunkRef chunk(Random random, int lengthBytes) {
        return new ChunkRef(
                new Fingerprint(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()),
                lengthBytes);
    }

    static Extents data(Random random, int... lengths) {
        List<Extent> extents = new ArrayList<>();
        for (int length : lengths) {
            extents.add(new Extent.Data(chunk(random, length)));
        }
        return new Extents(extents);
    }

    /** Puts consecutive extents of a file together into one record, as they were before they were cut into leaves. */
    static final class Joined {
        private final List<ManifestRecord> records = new ArrayList<>();
        private final List<Extent> extents = new ArrayList<>();

        void add(ManifestRecord record) {
            switch (record) {
                case Extents more -> extents.addAll(more.list());
                case Entry entry -> {
                    flush();
                    records.add(entry);
                }
            }
        }

        private void flush() {
            if (!extents.isEmpty()) {
                records.add(new Extents(extents));
                extents.clear();
            }
        }

        List<ManifestRecord> records() {
            flush();
            return records;
        }
    }

    /** A tree of about so many entries of all types, with names of any bytes. */
    static List<ManifestRecord> random(Random random, int entries) {
        Map<PathBytes, EntryType> tree = new TreeMap<>();
        List<PathBytes> directories = new ArrayList<>(List.of(PathBytes.ROOT));
        for (int i = 1; i < entries; i++) {
            PathBytes path = directories.get(random.nextInt(directories.size())).resolve(name(random));
            EntryType type = random.nextInt(3) > 0 ? EntryType.FILE : TYPES[random.nextInt(TYPES.length)];
            if (tree.putIfAbsent(path, type) == null && type == EntryType.DIRECTORY && path.depth() < 40) {
                directories.add(path);
            }
        }
        List<ManifestRecord> records = new ArrayList<>();
        records.add(directory(""));
        PathBytes firstFile = PathBytes.ROOT;
        for (Map.Entry<PathBytes, EntryType> each : tree.entrySet()) {
            EntryType type = each.getValue();
            if (type == EntryType.HARD_LINK && firstFile.isRoot()) {
                type = EntryType.FIFO;
            }
            List<Extent> extents = type == EntryType.FILE ? extents(random) : List.of();
            long size = extents.stream().mapToLong(Extent::lengthBytes).sum();
            records.add(entry(random, each.getKey(), type, size, firstFile));
            if (!extents.isEmpty()) {
                records.add(new Extents(extents));
            }
            firstFile = type == EntryType.FILE ? each.getKey() : firstFile;
        }
        return records;
    }

    private static byte[] name(Random random) {
        byte[] name = new byte[1 + random.nextInt(random.nextInt(20) == 0 ? 255 : 12)];
        do {
            for (int i = 0; i < name.length; i++) {
                int b = random.nextInt(255) + 1;
                name[i] = (byte) (b == '/' ? '_' : b);
            }
        } while (name[0] == '.');
        return name;
    }

    private static List<Extent> extents(Random random) {
        List<Extent> extents = new ArrayList<>();
        int count = random.nextInt(random.nextInt(50) == 0 ? 3000 : 4);
        for (int i = 0; i < count; i++) {
            extents.add(
                    random.nextInt(5) == 0
                            ? new Extent.Hole(1 + (random.nextLong() >>> 30))
                            : new Extent.Data(chunk(random, 1 + random.nextInt(ChunkRef.MAX_LENGTH_BYTES))));
        }
        return extents;
    }

    private static Entry entry(Random random, PathBytes path, EntryType type, long size, PathBytes firstFile) {
        Access access = new Access(
                random.nextInt(010000),
                random.nextInt(),
                random.nextInt(),
                random.nextBoolean() ? "root" : "사용자",
                random.nextBoolean() ? "" : "backup");
        Stamp stamp = new Stamp(
                size,
                new Timestamp(random.nextLong(), random.nextInt(1_000_000_000)),
                new Timestamp(random.nextInt(), random.nextInt(1_000_000_000)),
                random.nextLong());
        byte[] link = new byte[1 + random.nextInt(60)];
        random.nextBytes(link);
        Slice target = switch (type) {
            case SYMLINK -> Slice.of(link);
            case HARD_LINK -> Slice.of(firstFile.toBytes());
            case DIRECTORY, FILE, FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> Slice.empty();
        };
        List<Xattr> xattrs = new ArrayList<>();
        for (int i = 0; i < random.nextInt(3) && type != EntryType.HARD_LINK; i++) {
            xattrs.add(new Xattr("user.x" + i, Slice.of(link)));
        }
        return new Entry(path, type, access, stamp, type.isDevice() ? random.nextLong() : 0, target, xattrs);
    }

    /** A flat tree of {@code count} small files in directories of 100. */
    static List<ManifestRecord> files(Random random, int count) {
        List<ManifestRecord> records = new ArrayList<>();
        records.add(directory(""));
        for (int i = 0; i < count; i++) {
            if (i % 100 == 0) {
                records.add(directory("d%05d".formatted(i / 100)));
            }
            records.add(file("d%05d/file-%08d".formatted(i / 100, i), 1000));
            records.add(data(random, 1000));
        }
        return records;
    }
}
