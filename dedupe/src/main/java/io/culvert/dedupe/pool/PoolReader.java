package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.ChunkSource.ChunkSink;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.segment.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads chunks by name. A chunk whose segment turns out to be damaged is looked for once more, in case it was stored again
 * elsewhere, before it is reported.
 */
final class PoolReader {

    private static final int BATCH = 1024;
    private static final int MAX_COPIES = 16;
    private final PoolFiles files;
    private final ChunkIndex index;
    private final SegmentCache cache;

    PoolReader(PoolFiles files, ChunkIndex index, long cacheBytes) {
        this.files = files;
        this.index = index;
        this.cache = new SegmentCache(cacheBytes);
    }

    void read(List<ChunkRef> chunks, ChunkSink sink) throws IOException {
        for (int from = 0; from < chunks.size(); from += BATCH) {
            List<ChunkRef> batch = chunks.subList(from, Math.min(chunks.size(), from + BATCH));
            @Nullable Place[] places = index.findAll(batch);
            @Nullable Held last = null;
            for (int i = 0; i < places.length; i++) {
                last = holder(batch.get(i), places[i], last);
                sink.accept(
                        from + i, batch.get(i), last.segment().data(last.place().ordinal()));
            }
        }
    }

    /** Groups chunks by the segment that holds them. */
    List<StoredSegment> locate(List<ChunkRef> chunks) throws IOException {
        Map<Long, List<Place>> bySegment = new LinkedHashMap<>();
        @Nullable Place[] places = index.findAll(chunks);
        for (int i = 0; i < places.length; i++) {
            Place place = present(chunks.get(i), places[i]);
            bySegment
                    .computeIfAbsent(
                            ((long) place.container() << 32) | place.offsetBytes(), unused -> new ArrayList<>())
                    .add(place);
        }
        List<StoredSegment> located = new ArrayList<>(bySegment.size());
        for (List<Place> wanted : bySegment.values()) {
            located.add(stored(wanted));
        }
        return located;
    }

    Segment load(StoredSegment segment) throws IOException {
        Place place = new Place(segment.container(), segment.offsetBytes(), 0, 0);
        try (ContainerReader reader = open(place)) {
            StoredRecord record = reader.record(segment.offsetBytes());
            return StoredSegment.segment(record, reader.payload(record.header()));
        } catch (CorruptChunkException damage) {
            withdraw(place);
            throw damage;
        }
    }

    /** Reads and hashes a segment anew, whatever the cache holds. */
    DecodedSegment decode(Place place) throws IOException {
        try (ContainerReader reader = open(place)) {
            StoredRecord record = reader.record(place.offsetBytes());
            byte[] payload = reader.payload(record.header());
            try {
                return files.decoder().decode(record, payload);
            } catch (CorruptChunkException damage) {
                throw new CorruptChunkException(
                        "container " + files.names().name(place.container()) + " at " + place.offsetBytes() + ": "
                                + damage.getMessage(),
                        damage);
            }
        }
    }

    /** Takes the segment at a place out of use. */
    void withdraw(Place place) throws IOException {
        long end = place.offsetBytes() + (long) RecordHeader.BYTES;
        if (files.disk().exists(files.names().path(place.container()))) {
            try (ContainerReader reader = ContainerReader.open(files.disk(), files.names(), place.container())) {
                Optional<RecordHeader> header = reader.header(place.offsetBytes());
                end = header.map(RecordHeader::endBytes).orElse(end);
            }
        }
        files.withdraw(place.container(), place.offsetBytes(), (int) end);
    }

    /** A segment in memory, and where in it the chunk is that was asked for. */
    private record Held(Place place, DecodedSegment segment) {
        boolean isAt(Place other) {
            return place.container() == other.container() && place.offsetBytes() == other.offsetBytes();
        }
    }

    private Held holder(ChunkRef chunk, @Nullable Place found, @Nullable Held last) throws IOException {
        Place place = present(chunk, found);
        for (int copies = 1; ; copies++) {
            try {
                DecodedSegment segment = last != null && last.isAt(place) ? last.segment() : segment(place);
                if (place.ordinal() >= segment.chunks()
                        || !segment.chunk(place.ordinal()).equals(chunk)) {
                    throw new CorruptChunkException(
                            "chunk " + chunk.fingerprint() + " is not where the index has it, in "
                                    + files.names().name(place.container()) + " at " + place.offsetBytes());
                }
                return new Held(place, segment);
            } catch (CorruptChunkException damage) {
                withdraw(place);
                Place other = index.find(chunk.fingerprint());
                if (other == null || copies == MAX_COPIES) {
                    throw new CorruptChunkException("chunk " + chunk + " is damaged: " + damage.getMessage(), damage);
                }
                place = other;
            }
        }
    }

    private DecodedSegment segment(Place place) throws IOException {
        Optional<DecodedSegment> cached = cache.get(place);
        if (cached.isPresent()) {
            return cached.get();
        }
        DecodedSegment decoded = decode(place);
        cache.put(place, decoded);
        return decoded;
    }

    private StoredSegment stored(List<Place> wanted) throws IOException {
        Place first = wanted.getFirst();
        try (ContainerReader reader = open(first)) {
            StoredRecord record = reader.record(first.offsetBytes());
            TreeSet<Integer> ordinals = new TreeSet<>();
            wanted.forEach(place -> ordinals.add(place.ordinal()));
            return new StoredSegment(
                    first.container(),
                    first.offsetBytes(),
                    record.header().storedBytes(),
                    record.attempt(),
                    record.chunks(),
                    List.copyOf(ordinals));
        } catch (CorruptChunkException damage) {
            withdraw(first);
            throw damage;
        }
    }

    private ContainerReader open(Place place) throws IOException {
        if (!files.disk().exists(files.names().path(place.container()))) {
            throw new CorruptChunkException("container " + files.names().name(place.container()) + " is missing");
        }
        return ContainerReader.open(files.disk(), files.names(), place.container());
    }

    private static Place present(ChunkRef chunk, @Nullable Place place) throws CorruptChunkException {
        if (place == null) {
            throw new CorruptChunkException("chunk " + chunk + " is not in the pool");
        }
        if (place.lengthBytes() != chunk.lengthBytes()) {
            throw new CorruptChunkException("chunk " + chunk + " has " + place.lengthBytes() + " bytes in the pool");
        }
        return place;
    }
}
