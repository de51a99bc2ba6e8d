package io.culvert.gateway.replicate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The scans kept for one dataset and peer: the last that became a snapshot, and the ones that were cut off since.
 *
 * <pre>
 * base.leaves     the last complete scan
 * resume.leaves   the longest scan that was cut off since
 * attempt.leaves  the scan under way
 * </pre>
 */
final class ScanFiles {

    private final Path base;
    private final Path resume;
    private final Path attempt;

    ScanFiles(Path directory) throws IOException {
        Files.createDirectories(directory);
        this.base = directory.resolve("base.leaves");
        this.resume = directory.resolve("resume.leaves");
        this.attempt = directory.resolve("attempt.leaves");
    }

    /** Puts away what an attempt left, if it came further than the one before it, and begins a new one. */
    LeafFile.Writer begin() throws IOException {
        if (Files.exists(attempt)) {
            long before = Files.exists(resume) ? Files.size(resume) : -1;
            if (Files.size(attempt) > before) {
                Files.move(attempt, resume, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return new LeafFile.Writer(attempt);
    }

    /** The earlier scans, the newest first; to be opened after {@link #begin()}. */
    List<PreviousScan> previous() throws IOException {
        List<PreviousScan> scans = new ArrayList<>();
        scans.add(new PreviousScan(resume));
        scans.add(new PreviousScan(base));
        return scans;
    }

    /** The scan under way became a snapshot. */
    void complete() throws IOException {
        Files.move(attempt, base, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(resume);
    }

    /** Forgets everything: the next scan reads all files. */
    void forget() throws IOException {
        Files.deleteIfExists(base);
        Files.deleteIfExists(resume);
        Files.deleteIfExists(attempt);
    }
}
