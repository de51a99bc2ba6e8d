package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads stored segments and hashes every chunk, past all caches; one segment in memory at a time.
 *
 * <p>What it finds damaged is quarantined, so that it is asked for again by the next replication.
 */
final class PoolVerifier {

    private static final int BATCH = 16 * 1024;
    private final PoolFiles files;
    private final ChunkIndex index;
    private final PoolReader reader;
    private final VerifyReport.Builder report = new VerifyReport.Builder();

    PoolVerifier(PoolFiles files, ChunkIndex index, PoolReader reader) {
        this.files = files;
        this.index = index;
        this.reader = reader;
    }

    /**
     * Every record of every container.
     *
     * @param sizes per container the bytes that are complete
     */
    VerifyReport containers(SortedMap<Integer, Integer> sizes, VerifyProgress progress) throws IOException {
        long total = sizes.values().stream().mapToLong(Integer::longValue).sum();
        for (Map.Entry<Integer, Integer> container : sizes.entrySet()) {
            if (!files.disk().exists(files.names().path(container.getKey()))) {
                lose(container.getKey(), 0, Integer.MAX_VALUE, "the container is missing");
                continue;
            }
            try (ContainerReader open = ContainerReader.open(files.disk(), files.names(), container.getKey())) {
                container(open, container.getValue(), total, progress);
            }
        }
        return report.build();
    }

    /** The given chunks, in batches, each segment of a batch once. */
    VerifyReport chunks(Iterable<ChunkRef> chunks, VerifyProgress progress) throws IOException {
        List<ChunkRef> batch = new ArrayList<>(BATCH);
        for (ChunkRef chunk : chunks) {
            batch.add(chunk);
            if (batch.size() == BATCH) {
                batch(batch, progress);
                batch.clear();
            }
        }
        batch(batch, progress);
        return report.build();
    }

    private void container(ContainerReader open, int sizeBytes, long total, VerifyProgress progress)
            throws IOException {
        long actual = open.sizeBytes();
        if (actual < sizeBytes) {
            lose(open.number(), (int) actual, Integer.MAX_VALUE, "the container ends here, too early");
        }
        if (!open.hasSoundHeader()) {
            report.damage(new Damage(
                    files.names().name(open.number()), 0, Optional.empty(), "the container's header is damaged"));
        }
        RecordScan scan = new RecordScan(open, ContainerHeader.BYTES, Math.min(actual, sizeBytes), true);
        for (RecordScan.Step step = scan.next(); step != null; step = scan.next()) {
            switch (step) {
                case RecordScan.Sound sound -> record(sound);
                case RecordScan.Damaged damaged -> damaged(open.number(), damaged);
            }
            report.read(step.endBytes() - step.fromBytes());
            progress.at(report.storedBytes(), total, report.damageCount());
        }
    }

    private void record(RecordScan.Sound sound) throws IOException {
        byte[] payload = sound.payload();
        if (payload == null) {
            throw new IllegalStateException("the scan was not asked for payloads");
        }
        try {
            DecodedSegment decoded = files.decoder().decode(sound.record(), payload);
            report.sound(decoded.chunks());
        } catch (CorruptChunkException damage) {
            damaged(
                    sound.record().header().container(),
                    new RecordScan.Damaged(
                            sound.fromBytes(),
                            sound.endBytes(),
                            String.valueOf(damage.getMessage()),
                            Optional.of(sound.record())));
        }
    }

    private void damaged(int container, RecordScan.Damaged step) throws IOException {
        if (files.skipped().contains(container, step.fromBytes())) {
            return;
        }
        files.withdraw(container, step.fromBytes(), (int) step.endBytes());
        RecordScan.damages(files.names().name(container), step).forEach(report::damage);
    }

    private void lose(int container, int fromBytes, int toBytes, String reason) throws IOException {
        files.withdraw(container, fromBytes, toBytes);
        report.damage(new Damage(files.names().name(container), fromBytes, Optional.empty(), reason));
    }

    private void batch(List<ChunkRef> batch, VerifyProgress progress) throws IOException {
        @Nullable Place[] places = index.findAll(batch);
        Map<Long, List<Integer>> bySegment = new TreeMap<>();
        for (int i = 0; i < places.length; i++) {
            Place place = places[i];
            if (place == null) {
                report.damage(missing(batch.get(i), "it is not in the pool"));
            } else {
                bySegment
                        .computeIfAbsent(((long) place.container() << 32) | place.offsetBytes(), k -> new ArrayList<>())
                        .add(i);
            }
        }
        for (List<Integer> positions : bySegment.values()) {
            segment(batch, places, positions);
            progress.at(report.storedBytes(), -1, report.damageCount());
        }
    }

    private void segment(List<ChunkRef> batch, @Nullable Place[] places, List<Integer> positions) throws IOException {
        Place first = Objects.requireNonNull(places[positions.getFirst()]);
        try {
            DecodedSegment decoded = reader.decode(first);
            report.sound(0);
            report.read(decoded.rawBytes());
            for (int position : positions) {
                Place place = Objects.requireNonNull(places[position]);
                ChunkRef chunk = batch.get(position);
                if (place.ordinal() < decoded.chunks()
                        && decoded.chunk(place.ordinal()).equals(chunk)) {
                    report.soundChunks(1);
                } else {
                    report.damage(missing(chunk, "another chunk is where the index has it"));
                }
            }
        } catch (CorruptChunkException damage) {
            reader.withdraw(first);
            for (int position : positions) {
                report.damage(new Damage(
                        files.names().name(first.container()),
                        first.offsetBytes(),
                        Optional.of(batch.get(position).fingerprint()),
                        String.valueOf(damage.getMessage())));
            }
        }
    }

    private static Damage missing(ChunkRef chunk, String reason) {
        return new Damage("", -1, Optional.of(chunk.fingerprint()), reason);
    }
}
