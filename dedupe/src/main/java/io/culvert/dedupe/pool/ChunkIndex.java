package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Finds the place of a chunk by its fingerprint: a memory table in front of immutable sorted runs on disk.
 *
 * <p>A log-structured merge tree (O'Neil et al., 1996) cut down to what a pool needs: nothing is ever updated, a key is
 * found once. Newer goes before older, and a quarantined place counts as absent, so a chunk stored again after damage is
 * found in its new place. In memory per entry: 10.4 bits in the runs and a table of at most 1/64 of the entries; a million
 * entries take less than 2.5 bytes each (40 MiB per TiB at 64 KiB); {@link GrowthPolicy} says when runs are merged.
 *
 * <p>One thread at a time inserts and writes out (the pool's append lock); lookups run beside it and beside merging.
 */
final class ChunkIndex implements Closeable {

    private static final int SCRATCH_PAGES = 16;

    private final IndexFiles files;
    private final Quarantine quarantine;
    /** One merge at a time; taken before {@link #changing}. */
    private final ReentrantLock merging = new ReentrantLock();
    /** Guards the set of runs, the checkpoint and its file. */
    private final ReentrantLock changing = new ReentrantLock();

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final ConcurrentLinkedQueue<ByteBuffer> scratch = new ConcurrentLinkedQueue<>();
    /** Oldest first. Replaced under the write lock. */
    private List<Run> runs;

    private MemoryTable table;
    private Checkpoint checkpoint;
    private long nextRun;
    private long rawBytes;
    private @Nullable IOException broken;

    ChunkIndex(IndexFiles files, Quarantine quarantine, Checkpoint checkpoint, List<Run> runs) {
        this.files = files;
        this.quarantine = quarantine;
        this.checkpoint = checkpoint;
        this.runs = List.copyOf(runs);
        this.nextRun = Math.max(checkpoint.nextRun(), files.firstRun());
        this.rawBytes = checkpoint.rawBytes();
        this.table = new MemoryTable(GrowthPolicy.tableEntries(GrowthPolicy.entriesIn(runs)));
    }

    /** The place of a chunk that is here and not quarantined, or null. */
    @Nullable
    Place find(Fingerprint fingerprint) throws IOException {
        ByteBuffer page = takePage();
        lock.readLock().lock();
        try {
            return findIn(fingerprint, page);
        } catch (CorruptChunkException damage) {
            files.condemn();
            throw damage;
        } finally {
            lock.readLock().unlock();
            givePage(page);
        }
    }

    /** The places of chunks, null where absent, read in the order of the fingerprints. */
    @Nullable
    Place[] findAll(List<ChunkRef> chunks) throws IOException {
        @Nullable Place[] places = new Place[chunks.size()];
        long[] order = new long[chunks.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = ((chunks.get(i).fingerprint().w0() & 0xFFFFFFFF00000000L) | i) ^ Long.MIN_VALUE;
        }
        Arrays.sort(order);
        ByteBuffer page = takePage();
        lock.readLock().lock();
        try {
            for (long position : order) {
                int i = (int) position;
                places[i] = findIn(chunks.get(i).fingerprint(), page);
            }
        } catch (CorruptChunkException damage) {
            files.condemn();
            throw damage;
        } finally {
            lock.readLock().unlock();
            givePage(page);
        }
        return places;
    }

    /** The positions of the chunks that are not here with the length they are asked for. */
    BitSet missing(List<ChunkRef> chunks) throws IOException {
        @Nullable Place[] places = findAll(chunks);
        BitSet missing = new BitSet(places.length);
        for (int i = 0; i < places.length; i++) {
            Place place = places[i];
            missing.set(i, place == null || place.lengthBytes() != chunks.get(i).lengthBytes());
        }
        return missing;
    }

    /** How many entries fit before {@link #writeOut} is due. */
    int room() {
        return table.room();
    }

    /** Enters a chunk that the runs do not have; there must be {@link #room}. A sound place that it has stays. */
    void insert(Fingerprint fingerprint, Place place) {
        lock.writeLock().lock();
        try {
            Place old = table.find(fingerprint);
            if (old != null && !quarantine.contains(old)) {
                return;
            }
            table.put(fingerprint, place);
            rawBytes += place.lengthBytes();
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Forgets the newest entries of a container from an offset on: its bytes there were lost before they were durable. */
    void withdraw(int container, int fromBytes) {
        lock.writeLock().lock();
        try {
            table = table.retain(place -> {
                boolean stays = place.container() != container || place.offsetBytes() < fromBytes;
                rawBytes -= stays ? 0 : place.lengthBytes();
                return stays;
            });
        } finally {
            lock.writeLock().unlock();
        }
    }

    /**
     * Turns the memory table into a run and moves the checkpoint to {@code covered}, all of which must be durable.
     *
     * <p>After an exception the index is as before and this may be called again.
     */
    void writeOut(SortedMap<Integer, Integer> covered) throws IOException {
        if (runCount() > GrowthPolicy.MAX_RUNS) {
            mergeDue();
        }
        changing.lock();
        try {
            List<Run> next = new ArrayList<>(runs);
            List<Long> numbers = new ArrayList<>(checkpoint.runs());
            if (table.count() > 0) {
                long number = nextRun++;
                next.add(writeTable(files.run(number)));
                numbers.add(number);
            }
            replace(new Checkpoint(nextRun, rawBytes(), numbers, covered), next);
        } finally {
            changing.unlock();
        }
    }

    /**
     * Merges runs until each is bigger than all newer ones together. Takes long on a big pool; lookups, inserts and
     * {@link #writeOut} go on beside it. After an exception the index is as before.
     */
    void mergeDue() throws IOException {
        merging.lock();
        try {
            for (Optional<Merge> due = takeMerge(); due.isPresent(); due = takeMerge()) {
                merge(due.get());
            }
        } finally {
            merging.unlock();
        }
    }

    boolean isMergeDue() {
        changing.lock();
        try {
            return GrowthPolicy.firstToMerge(runs) >= 0;
        } finally {
            changing.unlock();
        }
    }

    long chunks() {
        lock.readLock().lock();
        try {
            return GrowthPolicy.entriesIn(runs) + table.count();
        } finally {
            lock.readLock().unlock();
        }
    }

    long rawBytes() {
        lock.readLock().lock();
        try {
            return rawBytes;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Bytes of heap and buffers that grow with the index. */
    long memoryBytes() {
        lock.readLock().lock();
        try {
            return runs.stream().mapToLong(Run::memoryBytes).sum() + table.memoryBytes();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Bytes of the runs' files. */
    long fileBytes() {
        lock.readLock().lock();
        try {
            return runs.stream().mapToLong(Run::fileBytes).sum();
        } finally {
            lock.readLock().unlock();
        }
    }

    int runCount() {
        lock.readLock().lock();
        try {
            return runs.size();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Waits for a merge under way. */
    @Override
    public void close() throws IOException {
        merging.lock();
        lock.writeLock().lock();
        try {
            closeAll(runs);
            runs = List.of();
            broken = new IOException("the pool is closed");
        } finally {
            lock.writeLock().unlock();
            merging.unlock();
        }
    }

    private @Nullable Place findIn(Fingerprint fingerprint, ByteBuffer page) throws IOException {
        if (broken != null) {
            throw new IOException("the index cannot be read: " + broken.getMessage(), broken);
        }
        Place place = table.find(fingerprint);
        if (place != null && !quarantine.contains(place)) {
            return place;
        }
        for (int i = runs.size() - 1; i >= 0; i--) {
            place = runs.get(i).find(fingerprint, page);
            if (place != null && !quarantine.contains(place)) {
                return place;
            }
        }
        return null;
    }

    private Run writeTable(Path path) throws IOException {
        try (RunWriter writer = newRun(path, table.count())) {
            for (int position : table.sorted()) {
                writer.add(table.entry(position));
            }
            writer.finish();
        }
        return Run.open(files.disk(), path);
    }

    private RunWriter newRun(Path path, long maxEntries) throws IOException {
        if (files.disk().exists(path)) {
            files.delete(path);
        }
        return new RunWriter(files.disk(), path, maxEntries);
    }

    private void replace(Checkpoint next, List<Run> nextRuns) throws IOException {
        try {
            files.write(next);
        } catch (IOException failure) {
            if (nextRuns.size() > runs.size()) {
                nextRuns.getLast().close();
            }
            throw failure;
        }
        lock.writeLock().lock();
        try {
            runs = List.copyOf(nextRuns);
            checkpoint = next;
            table = new MemoryTable(GrowthPolicy.tableEntries(GrowthPolicy.entriesIn(runs)));
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Runs to be merged into the file of a number; they stay in use meanwhile, and newer ones may be added behind them. */
    private record Merge(long number, List<Run> old) {}

    private Optional<Merge> takeMerge() {
        changing.lock();
        try {
            int from = GrowthPolicy.firstToMerge(runs);
            return from < 0
                    ? Optional.empty()
                    : Optional.of(new Merge(nextRun++, List.copyOf(runs.subList(from, runs.size()))));
        } finally {
            changing.unlock();
        }
    }

    private void merge(Merge merge) throws IOException {
        Path path = files.run(merge.number());
        RunMerger.Result result;
        try (RunWriter writer = newRun(path, GrowthPolicy.entriesIn(merge.old()))) {
            result = RunMerger.merge(merge.old(), writer, quarantine);
        } catch (CorruptChunkException damage) {
            files.condemn();
            throw damage;
        }
        changing.lock();
        try {
            int from = runs.indexOf(merge.old().getFirst());
            List<Long> numbers = new ArrayList<>(checkpoint.runs());
            List<Long> replaced = numbers.subList(from, from + merge.old().size());
            replaced.clear();
            replaced.add(merge.number());
            Checkpoint next = checkpoint.withRuns(nextRun, checkpoint.rawBytes() - result.droppedRawBytes(), numbers);
            files.write(next);
            swap(from, merge, next, result.droppedRawBytes());
        } finally {
            changing.unlock();
        }
        for (Run run : merge.old()) {
            files.delete(run.path());
        }
    }

    /** Closes the old runs before it opens the new one: two filters of one key never share the memory. */
    private void swap(int from, Merge merge, Checkpoint next, long droppedRawBytes) throws IOException {
        lock.writeLock().lock();
        try {
            closeAll(merge.old());
            List<Run> merged = new ArrayList<>(runs);
            List<Run> replaced = merged.subList(from, from + merge.old().size());
            replaced.clear();
            replaced.add(Run.open(files.disk(), files.run(merge.number())));
            runs = List.copyOf(merged);
            rawBytes -= droppedRawBytes;
            checkpoint = next;
        } catch (IOException failure) {
            broken = failure;
            throw failure;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private static void closeAll(List<Run> runs) throws IOException {
        for (Run run : runs) {
            run.close();
        }
    }

    private ByteBuffer takePage() {
        ByteBuffer page = scratch.poll();
        return page != null ? page : ByteBuffer.allocateDirect(RunHeader.PAGE_BYTES);
    }

    private void givePage(ByteBuffer page) {
        if (scratch.size() < SCRATCH_PAGES) {
            scratch.add(page);
        }
    }
}
