package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkSizes;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.manifest.PathBytes;
import io.culvert.dedupe.tree.ExcludePatterns;
import io.culvert.dedupe.tree.ScanSettings;
import io.culvert.dedupe.tree.SourceData;
import io.culvert.dedupe.tree.TreeReader;
import io.culvert.dedupe.tree.TreeScanner;
import io.culvert.dedupe.tree.VolumeSource;
import io.culvert.siteconfig.DatasetConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one source of any kind into a target.
 *
 * <p>The target may ask for chunks of unchanged files until it has committed: close this after that, not before.
 */
final class SourceReader implements AutoCloseable {

    private static final int TRIES = 3;

    private final SnapshotTarget target;
    private final Progress progress;
    private final Path spool;
    private final InstantSource clock;
    private final Fingerprinter fingerprinter = Fingerprinter.fastest();
    private @Nullable TreeReader again;

    /** Overflow of extents goes to files in {@code spool}. */
    SourceReader(SnapshotTarget target, Progress progress, Path spool, InstantSource clock) {
        this.target = target;
        this.progress = progress;
        this.spool = spool;
        this.clock = clock;
    }

    /** Opens the source itself. */
    private interface Opening<T> {
        T open() throws IOException;
    }

    private static <T> T opened(Opening<T> source) throws SourceException {
        try {
            return source.open();
        } catch (IOException e) {
            throw new SourceException(
                    "the source cannot be opened: " + e.getMessage()
                            + "; check the dataset's path and kind in the site file, and the rights of the gateway's user",
                    e);
        }
    }

    ManifestRoot tree(DatasetConfig.Tree dataset, ScanFiles files) throws IOException {
        String root = dataset.path().toString();
        TreeReader rereads = opened(() -> TreeReader.open(root));
        again = rereads;
        try (LeafFile.Writer leaves = files.begin();
                ContentReader content = new ContentReader(target, fingerprinter, ChunkSizes.TREE, progress);
                ExtentSpool extents = new ExtentSpool(spool);
                TreeScanner scanner =
                        TreeScanner.open(root, new ScanSettings(ExcludePatterns.of(dataset.exclude()), false), clock)) {
            SnapshotWriter writer = new SnapshotWriter(target, fingerprinter, leaves::add, progress);
            List<PreviousScan> previous = files.previous();
            try {
                new TreeSource(root, previous, content, extents, writer, rereads, progress).read(scanner);
            } finally {
                for (PreviousScan scan : previous) {
                    scan.close();
                }
            }
            return writer.finish();
        }
    }

    ManifestRoot volume(DatasetConfig.Volume dataset) throws IOException, InterruptedException {
        try (ExtentSpool extents = new ExtentSpool(spool);
                ContentReader content = new ContentReader(target, fingerprinter, ChunkSizes.VOLUME, progress)) {
            for (int attempt = 1; attempt <= TRIES; attempt++) {
                extents.clear();
                try (VolumeSource volume =
                        opened(() -> VolumeSource.open(dataset.path().toString()))) {
                    content.read(volume, extents);
                    if (volume.recheck() == SourceData.Recheck.UNCHANGED
                            && extents.lengthBytes() == volume.sizeBytes()) {
                        Entry.Stamp stamp = volume.stat().stamp();
                        return single(
                                new Entry.Access(
                                        volume.stat().permissions(),
                                        volume.stat().uid(),
                                        volume.stat().gid(),
                                        "",
                                        ""),
                                new Entry.Stamp(volume.sizeBytes(), stamp.modified(), stamp.changed(), stamp.inode()),
                                extents);
                    }
                }
            }
        }
        throw new MovingSourceException(List.of(dataset.path().toString()), 1);
    }

    ManifestRoot stream(InputStream in) throws IOException, InterruptedException {
        try (ExtentSpool extents = new ExtentSpool(spool);
                ContentReader content = new ContentReader(target, fingerprinter, ChunkSizes.STREAM, progress)) {
            content.read(new InputStreamSource(in), extents);
            var now = clock.instant();
            Entry.Timestamp time = new Entry.Timestamp(now.getEpochSecond(), now.getNano());
            return single(
                    new Entry.Access(0600, 0, 0, "", ""),
                    new Entry.Stamp(extents.lengthBytes(), time, time, 0),
                    extents);
        }
    }

    /** The manifest of a volume or stream: one file at the root. */
    private ManifestRoot single(Entry.Access access, Entry.Stamp stamp, ExtentSpool extents)
            throws IOException, InterruptedException {
        SnapshotWriter writer = new SnapshotWriter(target, fingerprinter, leaf -> {}, progress);
        writer.fresh(new Entry(PathBytes.ROOT, EntryType.FILE, access, stamp, 0, Slice.empty(), List.of()), extents);
        return writer.finish();
    }

    @Override
    public void close() throws IOException {
        if (again != null) {
            again.close();
        }
    }
}
