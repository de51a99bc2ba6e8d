package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.CorruptChunkException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The file that holds the pool's id, as text: random, made with the pool, never changed. */
final class PoolId {

    private static final int MAX_BYTES = 64;
    private final Disk disk;
    private final AtomicFile files;
    private final Path path;

    PoolId(Disk disk, AtomicFile files, Path path) {
        this.disk = disk;
        this.files = files;
        this.path = path;
    }

    /** The id of the pool that lies there, if it has one; changes nothing. */
    static Optional<UUID> readAt(Disk disk, PoolLayout layout) throws IOException {
        if (!disk.exists(layout.format())) {
            return Optional.empty();
        }
        Reserve none = new Reserve(disk, layout.reserve(""), 0);
        return new PoolId(disk, new AtomicFile(disk, none, ""), layout.id()).read();
    }

    /** The id; an old pool that has none gets one, durably. */
    UUID readOrMake() throws IOException {
        Optional<UUID> there = read();
        if (there.isPresent()) {
            return there.get();
        }
        UUID id = UUID.randomUUID();
        files.write(path, ByteBuffer.wrap((id + "\n").getBytes(StandardCharsets.UTF_8)));
        return id;
    }

    /** @throws IOException if this is not the pool that is expected; nothing was changed then */
    void require(PoolOpening opening, boolean isPool) throws IOException {
        @Nullable UUID expected = opening.expectedId();
        if (expected == null) {
            return;
        }
        Optional<UUID> there = isPool ? read() : Optional.empty();
        if (!there.equals(Optional.of(expected))) {
            throw new IOException(opening.settings().path() + " does not hold pool "
                    + opening.settings().name() + " with the id "
                    + expected + ", but "
                    + there.map(id -> "another one with the id " + id).orElse(isPool ? "one without an id" : "none"));
        }
    }

    private Optional<UUID> read() throws IOException {
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        String text = StandardCharsets.UTF_8.decode(files.read(path, MAX_BYTES)).toString();
        try {
            return Optional.of(UUID.fromString(text.strip()));
        } catch (IllegalArgumentException damage) {
            throw new CorruptChunkException(path + " is damaged; write the pool's id into it, or delete it", damage);
        }
    }
}
