package io.culvert.dedupe.tree;

import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.Entry.Stamp;
import io.culvert.dedupe.manifest.Entry.Timestamp;
import io.culvert.dedupe.manifest.EntryType;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Everything a scan tells of a tree, comparable between a source and its restore. */
final class TreeSnapshot implements TreeVisitor {

    /**
     * An entry without what a restore cannot bring back, and its data.
     *
     * @param entry with inode and change time 0
     * @param holes what the file does not take on disk, in whole pages
     */
    record Item(Entry entry, long checksum, boolean holes) {}

    private static final byte[] ZEROS = new byte[64 * 1024];

    private final byte[] buffer = new byte[64 * 1024];
    private final List<Item> items = new ArrayList<>();

    static List<Item> of(String root) throws IOException {
        return of(root, TreeCopy.EVERYTHING);
    }

    static List<Item> of(String root, ScanSettings settings) throws IOException {
        TreeSnapshot snapshot = new TreeSnapshot();
        try (TreeScanner scanner = TreeScanner.open(root, settings, InstantSource.system())) {
            scanner.scan(snapshot);
        }
        return snapshot.items;
    }

    static List<String> names(String root, ScanSettings settings) throws IOException {
        return of(root, settings).stream()
                .map(item -> item.entry().path().toString())
                .toList();
    }

    @Override
    public void visit(ScannedEntry scanned) throws IOException {
        long checksum = 0;
        boolean holes = false;
        if (scanned.type() == EntryType.FILE) {
            try (SourceFile source = scanned.open()) {
                checksum = checksum(source);
                holes = source.stat().maybeSparse();
            }
        }
        items.add(new Item(normalized(scanned.entry()), checksum, holes));
    }

    private long checksum(SourceFile source) throws IOException {
        CRC32C sum = new CRC32C();
        while (true) {
            switch (source.next(buffer, 0, buffer.length)) {
                case Piece.Data data -> sum.update(buffer, 0, data.lengthBytes());
                case Piece.Hole hole -> {
                    for (long left = hole.lengthBytes(); left > 0; left -= ZEROS.length) {
                        sum.update(ZEROS, 0, (int) Math.min(left, ZEROS.length));
                    }
                }
                case Piece.End end -> {
                    return sum.getValue();
                }
            }
        }
    }

    private static Entry normalized(Entry entry) {
        Stamp stamp = new Stamp(entry.stamp().sizeBytes(), entry.stamp().modified(), new Timestamp(0, 0), 0);
        return new Entry(
                entry.path(), entry.type(), entry.access(), stamp, entry.device(), entry.target(), entry.xattrs());
    }

    @Override
    public void problem(ScanProblem problem) throws IOException {
        throw new ScanProblemException(problem);
    }
}
