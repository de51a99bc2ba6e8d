package io.culvert.gateway.replicate;

import io.culvert.dedupe.manifest.ManifestRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The scans kept for one dataset, peer and pool: the last that became a snapshot, and the ones that were cut off since.
 *
 * <pre>
 * base.leaves     the last complete scan
 * resume.leaves   the longest scan that was cut off since
 * attempt.leaves  the scan under way
 * totals          entries and bytes of the last complete scan, for progress
 * </pre>
 */
final class ScanFiles {

    private final Path base;
    private final Path resume;
    private final Path attempt;
    private final Path totals;

    /** Where those of a job are. */
    static Path directory(Path all, JobLedger.JobKey key) {
        return all.resolve(key.dataset()).resolve(key.peer()).resolve(key.pool());
    }

    /** Takes the scans of one job for those of another, unless that has some of its own; may be broken off and done again. */
    static void rehome(Path all, JobLedger.JobKey from, JobLedger.JobKey to) throws IOException {
        Path directory = directory(all, from);
        if (!Files.isDirectory(directory)) {
            return;
        }
        ScanFiles old = new ScanFiles(directory);
        ScanFiles kept = new ScanFiles(directory(all, to));
        if (!Files.exists(kept.base)) {
            move(old.resume, kept.resume);
            move(old.totals, kept.totals);
            move(old.base, kept.base);
        }
        old.forget();
        Files.deleteIfExists(old.totals);
        Files.deleteIfExists(directory);
    }

    private static void move(Path from, Path to) throws IOException {
        if (Files.exists(from)) {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    ScanFiles(Path directory) throws IOException {
        Files.createDirectories(directory);
        this.base = directory.resolve("base.leaves");
        this.resume = directory.resolve("resume.leaves");
        this.attempt = directory.resolve("attempt.leaves");
        this.totals = directory.resolve("totals");
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

    /** What the last complete scan counted. */
    Optional<Job.Totals> totals() throws IOException {
        if (!Files.exists(totals)) {
            return Optional.empty();
        }
        String[] numbers = Files.readString(totals).strip().split(" ");
        try {
            return numbers.length == 2
                    ? Optional.of(new Job.Totals(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), false))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The scan under way became a snapshot. */
    void complete(ManifestRoot root) throws IOException {
        Files.writeString(totals, root.entries() + " " + root.sourceBytes() + "\n");
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
