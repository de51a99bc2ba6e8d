package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.PathBytes;
import io.culvert.dedupe.tree.ScanProblem;
import io.culvert.dedupe.tree.ScannedEntry;
import io.culvert.dedupe.tree.SourceData;
import io.culvert.dedupe.tree.SourceFile;
import io.culvert.dedupe.tree.TreeReader;
import io.culvert.dedupe.tree.TreeScanner;
import io.culvert.dedupe.tree.TreeVisitor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Walks a directory tree into a snapshot.
 *
 * <p>A file whose size, times and inode are those of an earlier scan is not read. A file that changes while it is read is
 * read again, three times in all, and then refuses the snapshot (rule 7); so does whatever cannot be read. The walk goes
 * on to its end all the same, so that the refusal names everything at once.
 */
final class TreeSource implements TreeVisitor {

    private static final int TRIES = 3;

    /** Problems kept for the message; further ones are counted. */
    private static final int MAX_PROBLEMS = 20;

    private final String root;
    private final List<PreviousScan> previous;
    private final ContentReader content;
    private final ExtentSpool extents;
    private final SnapshotWriter writer;
    private final TreeReader again;
    private final Progress progress;
    private final Fingerprinter rereader = Fingerprinter.fastest();
    private final List<String> problems = new ArrayList<>();
    private final List<String> moving = new ArrayList<>();
    private long problemCount;
    private long movingCount;

    TreeSource(
            String root,
            List<PreviousScan> previous,
            ContentReader content,
            ExtentSpool extents,
            SnapshotWriter writer,
            TreeReader again,
            Progress progress) {
        this.root = root;
        this.previous = List.copyOf(previous);
        this.content = content;
        this.extents = extents;
        this.writer = writer;
        this.again = again;
        this.progress = progress;
    }

    /**
     * Walks the whole tree.
     *
     * @throws MovingSourceException if files changed while they were read
     * @throws SourceException if something could not be read
     */
    void read(TreeScanner scanner) throws IOException {
        scanner.scan(this);
        if (movingCount > 0) {
            throw new MovingSourceException(moving, movingCount);
        }
        if (problemCount > 0) {
            throw new SourceException(
                    problemCount + (problemCount == 1 ? " entry" : " entries") + " of " + root + " could not be read: "
                            + String.join("; ", problems) + (problemCount > problems.size() ? "; …" : "")
                            + "; let the gateway's user read them, or name them in the dataset's exclude");
        }
    }

    @Override
    public void visit(ScannedEntry scanned) throws IOException {
        PathBytes path = scanned.path();
        progress.at(path);
        for (PreviousScan scan : previous) {
            Optional<PreviousScan.Found> found = scan.at(path);
            if (found.isPresent() && scanned.isUnchanged(found.get().entry())) {
                writer.asBefore(found.get().entry(), found.get().extents(), (ref, offset) -> reread(path, ref, offset));
                return;
            }
        }
        if (scanned.type() == EntryType.FILE) {
            readFile(scanned);
        } else {
            writer.fresh(scanned.entry());
        }
    }

    private void readFile(ScannedEntry scanned) throws IOException {
        try {
            for (int attempt = 1; attempt <= TRIES; attempt++) {
                extents.clear();
                try (SourceFile file = scanned.open()) {
                    content.read(file, extents);
                    Entry entry = scanned.entry();
                    if (file.recheck() == SourceData.Recheck.UNCHANGED
                            && extents.lengthBytes() == entry.stamp().sizeBytes()) {
                        writer.fresh(entry, extents);
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the attempt was interrupted");
        }
        movingCount++;
        if (moving.size() < MAX_PROBLEMS) {
            moving.add(scanned.path().toString());
        }
    }

    @Override
    public void problem(ScanProblem problem) {
        switch (problem.kind()) {
            case OTHER_FILE_SYSTEM -> {}
            case VANISHED, REPLACED -> {
                movingCount++;
                if (moving.size() < MAX_PROBLEMS) {
                    moving.add(problem.path() + " (" + problem.kind().name().toLowerCase(Locale.ROOT) + ")");
                }
            }
            case UNREADABLE, TOO_LONG, FAILED -> {
                problemCount++;
                if (problems.size() < MAX_PROBLEMS) {
                    problems.add(problem.detail());
                }
            }
        }
    }

    /** Reads a chunk of a file that did not change, because the target turned out to lack it; on the packing thread. */
    private Slice reread(PathBytes path, ChunkRef ref, long offsetBytes) throws IOException {
        byte[] bytes = new byte[ref.lengthBytes()];
        int got = again.read(path, offsetBytes, bytes);
        if (got != bytes.length || !rereader.of(bytes, 0, bytes.length).equals(ref.fingerprint())) {
            throw new MovingSourceException("\"" + path + "\" changed although its size and times did not");
        }
        return Slice.of(bytes);
    }
}
