package io.culvert.dedupe.tree;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.EntryType;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Hands a tree from a scanner to a sink, data and all, and keeps the problems. */
final class TreeCopy implements TreeVisitor {

    static final ScanSettings EVERYTHING = new ScanSettings(ExcludePatterns.of(List.of()), false);

    private final byte[] buffer = new byte[256 * 1024];
    private final TreeSink sink;
    final List<ScanProblem> problems = new ArrayList<>();
    long entries;

    TreeCopy(TreeSink sink) {
        this.sink = sink;
    }

    /** Restores everything in {@code from} to a new directory, and fails on any problem. */
    static RestoreReport copy(String from, String to) throws IOException {
        try (TreeWriter writer = TreeWriter.open(to, TreeWriter.Existing.REFUSE)) {
            return copy(from, writer);
        }
    }

    static RestoreReport copy(String from, TreeSink sink) throws IOException {
        TreeCopy copy = new TreeCopy(sink);
        copy.scan(from);
        if (!copy.problems.isEmpty()) {
            throw new IOException("problems: " + copy.problems);
        }
        return sink.finish();
    }

    void scan(String from) throws IOException {
        try (TreeScanner scanner = TreeScanner.open(from, EVERYTHING, InstantSource.system())) {
            scanner.scan(this);
        }
    }

    @Override
    public void visit(ScannedEntry scanned) throws IOException {
        entries++;
        if (scanned.type() != EntryType.FILE) {
            sink.begin(scanned.entry());
            return;
        }
        try (SourceFile source = scanned.open()) {
            Entry entry = scanned.entry();
            sink.begin(entry);
            pour(source);
        }
    }

    private void pour(SourceData source) throws IOException {
        while (true) {
            switch (source.next(buffer, 0, buffer.length)) {
                case Piece.Data data -> sink.data(new Slice(buffer, 0, data.lengthBytes()));
                case Piece.Hole hole -> sink.hole(hole.lengthBytes());
                case Piece.End end -> {
                    return;
                }
            }
        }
    }

    @Override
    public void problem(ScanProblem problem) {
        problems.add(problem);
    }
}
