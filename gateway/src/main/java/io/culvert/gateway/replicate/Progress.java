package io.culvert.gateway.replicate;

import io.culvert.dedupe.manifest.PathBytes;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The counters of one job, written by its threads and read by anybody; they go on through resumed attempts. */
public final class Progress {

    final LongAdder entries = new LongAdder();
    final LongAdder sourceBytes = new LongAdder();
    final LongAdder readBytes = new LongAdder();
    final LongAdder chunks = new LongAdder();
    final LongAdder newChunks = new LongAdder();
    final LongAdder newBytes = new LongAdder();
    final LongAdder storedBytes = new LongAdder();
    final LongAdder acknowledgedBytes = new LongAdder();

    /** Bytes of the file at hand that were read: it counts as an entry only when it is complete. */
    private volatile long fileBytes;

    /** The entry at hand. */
    private volatile @Nullable PathBytes current;

    /** The walk has come to this entry. */
    void at(PathBytes entry) {
        current = entry;
    }

    /** Nothing is read at the moment. */
    void atNothing() {
        current = null;
    }

    /** The path of the entry at hand, fit to be printed. */
    Optional<String> current() {
        return Optional.ofNullable(current).map(PathBytes::toString);
    }

    void fileBytes(long soFar) {
        fileBytes = soFar;
    }

    /** The counters at one moment. */
    public record View(
            long entries,
            long sourceBytes,
            long readBytes,
            long chunks,
            long newChunks,
            long newBytes,
            long storedBytes,
            long acknowledgedBytes) {}

    public View view() {
        return new View(
                entries.sum(),
                sourceBytes.sum() + fileBytes,
                readBytes.sum(),
                chunks.sum(),
                newChunks.sum(),
                newBytes.sum(),
                storedBytes.sum(),
                acknowledgedBytes.sum());
    }

    /** Takes over what was counted before. */
    void add(View counted) {
        entries.add(counted.entries());
        sourceBytes.add(counted.sourceBytes());
        readBytes.add(counted.readBytes());
        chunks.add(counted.chunks());
        newChunks.add(counted.newChunks());
        newBytes.add(counted.newBytes());
        storedBytes.add(counted.storedBytes());
        acknowledgedBytes.add(counted.acknowledgedBytes());
    }

    /** Forgets what the walk counted: a new attempt walks again. What was sent stays counted. */
    void startAgain() {
        atNothing();
        entries.reset();
        sourceBytes.reset();
        readBytes.reset();
        chunks.reset();
    }
}
