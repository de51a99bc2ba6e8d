package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Brings a pool back after whatever happened to its process or its machine.
 *
 * <ol>
 *   <li>Take the index as {@code current} describes it; if any part of it is unsound, start an empty one.
 *   <li>Force the newest container: what is read of it below may be in memory only.
 *   <li>Compare each container with what the index covers; what is shorter or gone was durable once, hence damage.
 *   <li>Read the records beyond what is covered and enter their chunks. Only the newest container can be torn, so only its
 *       payloads are checked against their checksums.
 *   <li>Cut off the newest container's torn tail: what follows its last sound record and was not known to be durable. What
 *       is unsound before that is damage: named, quarantined, left where it is.
 * </ol>
 *
 * <p>If the pool is taken over from an owner that did not close it, nothing of what that one may still write to is changed:
 * the torn tail stays, behind the {@link #seal}, and a newest container without a record stays, in front of the number
 * that the seal gives to the next.
 */
final class Recovery {

    private final Disk disk;
    private final ContainerNames names;
    private final IndexFiles files;
    private final Quarantine quarantine;
    private final Quarantine skipped;
    private final SegmentDecoder decoder;
    private final RecoveryReport.Builder report;
    private final Seals seals;
    private final boolean takesOver;
    private final TreeMap<Integer, Integer> sizes = new TreeMap<>();
    private @Nullable ChunkIndex index;
    private int lastNumber;

    Recovery(PoolFiles files, RecoveryReport.Builder report) {
        this.disk = files.disk();
        this.names = files.names();
        this.files = files.index();
        this.quarantine = files.quarantine();
        this.skipped = files.skipped();
        this.decoder = files.decoder();
        this.report = report;
        this.seals = files.tenure().seals();
        this.takesOver = files.tenure().takesOver();
    }

    /** The index of all that is in the containers; {@link #sizes} is complete then. */
    ChunkIndex run() throws IOException {
        List<Integer> listed = seals.counting(names.numbers(disk));
        Checkpoint checkpoint = openIndex(listed);
        ChunkIndex into = index();
        try {
            SortedMap<Integer, Integer> promised = seals.promised(checkpoint.covered());
            List<Integer> numbers = takesOver ? withoutNewestUnlessBegun(listed, promised) : listed;
            if (!numbers.isEmpty()) {
                force(numbers.getLast());
            }
            compare(promised, numbers);
            lastNumber = lastNumber(checkpoint, listed);
            for (int number : numbers) {
                int from = checkpoint.covered().getOrDefault(number, ContainerHeader.BYTES);
                scan(number, from, number == numbers.getLast() && !seals.has(number));
            }
            if (takesOver && !sizes.isEmpty()) {
                force(sizes.lastKey());
            }
            return into;
        } catch (IOException | RuntimeException failure) {
            into.close();
            throw failure;
        }
    }

    /** The former owner may be about to remove a container that it could not begin; with no record in it nobody misses it. */
    private List<Integer> withoutNewestUnlessBegun(List<Integer> numbers, SortedMap<Integer, Integer> promised)
            throws IOException {
        if (numbers.isEmpty() || promised.containsKey(numbers.getLast())) {
            return numbers;
        }
        boolean empty;
        try {
            empty = size(numbers.getLast()) <= ContainerHeader.BYTES;
        } catch (NoSuchFileException removed) {
            empty = true;
        }
        return empty ? numbers.subList(0, numbers.size() - 1) : numbers;
    }

    private int lastNumber(Checkpoint checkpoint, List<Integer> numbers) {
        int listed = numbers.isEmpty() ? 0 : numbers.getLast();
        int covered = checkpoint.covered().isEmpty() ? 0 : checkpoint.covered().lastKey();
        int known = Math.max(Math.max(listed, covered), Math.max(quarantine.lastContainer(), seals.lastNumber()));
        return takesOver ? known + 1 : known;
    }

    /** What was found of a former owner's writing, all of it durable; of use if this is a takeover. */
    Seal seal() {
        return sizes.isEmpty()
                ? new Seal(0, 0, lastNumber + 1)
                : new Seal(sizes.lastKey(), sizes.lastEntry().getValue(), lastNumber + 1);
    }

    /** Per container the bytes that are sound or quarantined; the next record of the newest goes there. */
    SortedMap<Integer, Integer> sizes() {
        return sizes;
    }

    /** What was found; complete after {@link #run}. */
    RecoveryReport report() {
        return report.build();
    }

    /** The highest number that was ever given to a container, as far as is known, or that a former owner may give yet. */
    int lastNumber() {
        return lastNumber;
    }

    /** Whether the newest container is there, whole, and may grow. */
    boolean newestMayGrow() {
        Integer end = sizes.get(lastNumber);
        return end != null && !quarantine.contains(lastNumber, end);
    }

    private ChunkIndex index() {
        if (index == null) {
            throw new IllegalStateException("the index is not open");
        }
        return index;
    }

    private Checkpoint openIndex(List<Integer> numbers) throws IOException {
        Checkpoint checkpoint = Checkpoint.empty();
        List<Run> runs = List.of();
        if (files.isCondemned()) {
            report.note("the index was built again from the containers: a part of it was found damaged");
            report.rebuilt();
            files.discard();
        } else if (files.hasCheckpoint()) {
            try {
                Checkpoint read = files.read();
                runs = files.open(read);
                checkpoint = read;
            } catch (IOException damage) {
                report.note("the index was built again from the containers: " + damage.getMessage());
                report.rebuilt();
                files.discard();
            }
        } else if (!numbers.isEmpty()) {
            report.rebuilt();
        }
        files.sweep(checkpoint);
        index = new ChunkIndex(files, quarantine, checkpoint, runs);
        return checkpoint;
    }

    private void force(int number) throws IOException {
        try (DiskFile file = disk.openForWriting(names.path(number))) {
            file.force();
        }
    }

    private void compare(SortedMap<Integer, Integer> promised, List<Integer> numbers) throws IOException {
        Set<Integer> there = Set.copyOf(numbers);
        for (var covered : promised.entrySet()) {
            int number = covered.getKey();
            if (!there.contains(number)) {
                damage(number, 0, Integer.MAX_VALUE, "the container is missing");
                continue;
            }
            long size = size(number);
            if (size < covered.getValue()) {
                damage(
                        number,
                        (int) size,
                        Integer.MAX_VALUE,
                        "the container ends here, " + (covered.getValue() - size) + " bytes too early");
            }
        }
    }

    private void damage(int number, int fromBytes, int toBytes, String reason) throws IOException {
        if (quarantine.add(number, fromBytes, toBytes)) {
            report.damage(new Damage(names.name(number), fromBytes, Optional.empty(), reason));
        }
    }

    private long size(int number) throws IOException {
        try (ContainerReader reader = ContainerReader.open(disk, names, number)) {
            return reader.sizeBytes();
        }
    }

    private void scan(int number, int fromBytes, boolean newest) throws IOException {
        long end;
        try (ContainerReader reader = ContainerReader.open(disk, names, number)) {
            long size = reader.sizeBytes();
            if (size > Integer.MAX_VALUE - ContainerHeader.BYTES) {
                throw new IOException("container " + names.name(number) + " has " + size + " bytes, no pool made that");
            }
            size = quarantine.soundEnd(number, (int) seals.end(number, size));
            end = size;
            if (size > fromBytes || !reader.hasSoundHeader()) {
                end = scan(reader, Math.min(fromBytes, size), size, newest);
            }
        }
        if (end < ContainerHeader.BYTES && newest && takesOver) {
            return;
        }
        if (end < ContainerHeader.BYTES && newest) {
            disk.delete(names.path(number));
            disk.forceDirectory(names.directory());
            return;
        }
        sizes.put(number, (int) end);
    }

    /** Answers where the container ends once its torn tail is cut. */
    private long scan(ContainerReader reader, long fromBytes, long sizeBytes, boolean newest) throws IOException {
        RecordScan scan = new RecordScan(reader, fromBytes, sizeBytes, newest);
        List<RecordScan.Damaged> damaged = new ArrayList<>();
        long soundEnd = fromBytes;
        for (RecordScan.Step step = scan.next(); step != null; step = scan.next()) {
            switch (believe(reader, step)) {
                case RecordScan.Sound sound -> {
                    enter(sound.record(), reader.number(), soundEnd);
                    soundEnd = sound.endBytes();
                }
                case RecordScan.Damaged damage -> damaged.add(damage);
            }
        }
        report.scanned(sizeBytes - fromBytes);
        if (!reader.hasSoundHeader() && soundEnd <= ContainerHeader.BYTES && newest) {
            report.cut(sizeBytes);
            return 0;
        }
        if (!reader.hasSoundHeader()) {
            report.note("the header of container " + names.name(reader.number())
                    + " is damaged; its records are read nonetheless");
        }
        long durable = newest ? Math.max(soundEnd, scan.forcedBytes()) : sizeBytes;
        for (RecordScan.Damaged damage : damaged) {
            if (damage.fromBytes() < durable) {
                name(reader.number(), damage, !newest || damage.fromBytes() < scan.forcedBytes());
            }
        }
        if (durable < sizeBytes) {
            if (!takesOver) {
                cut(reader.number(), durable);
            }
            report.cut(sizeBytes - durable);
        }
        return Math.min(durable, sizeBytes);
    }

    /** What was found by searching may have been planted in a payload: it is hashed before it counts. */
    private RecordScan.Step believe(ContainerReader reader, RecordScan.Step step) throws IOException {
        if (step instanceof RecordScan.Sound sound && sound.foundBySearch()) {
            try {
                decoder.decode(sound.record(), reader.payload(sound.record().header()));
            } catch (CorruptChunkException damage) {
                return new RecordScan.Damaged(
                        sound.fromBytes(), sound.endBytes(), "no sound segment record", Optional.empty());
            }
        }
        return step;
    }

    private void name(int number, RecordScan.Damaged step, boolean wasDurable) throws IOException {
        String file = names.name(number);
        if (!wasDurable) {
            report.note("container " + file + " at " + step.fromBytes() + ": " + (step.endBytes() - step.fromBytes())
                    + " bytes were being written when the machine stopped and are skipped");
            skipped.add(number, step.fromBytes(), (int) step.endBytes());
        } else if (!skipped.contains(number, step.fromBytes())
                && quarantine.add(number, step.fromBytes(), (int) step.endBytes())) {
            RecordScan.damages(file, step).forEach(report::damage);
        }
    }

    private void cut(int number, long sizeBytes) throws IOException {
        try (DiskFile file = disk.openForWriting(names.path(number))) {
            file.truncate(sizeBytes);
            file.force();
        }
    }

    private void enter(StoredRecord record, int number, long soundEnd) throws IOException {
        ChunkIndex into = index();
        if (into.room() < record.chunks().size()) {
            TreeMap<Integer, Integer> covered = new TreeMap<>(sizes);
            covered.put(number, (int) soundEnd);
            into.writeOut(covered);
        }
        List<ChunkRef> chunks = record.chunks();
        for (int i = 0; i < chunks.size(); i++) {
            ChunkRef chunk = chunks.get(i);
            if (into.find(chunk.fingerprint()) == null) {
                into.insert(
                        chunk.fingerprint(), new Place(number, record.header().offsetBytes(), i, chunk.lengthBytes()));
            }
        }
    }
}
