package io.culvert.dedupe.segment;

import io.culvert.dedupe.chunk.CorruptChunkException;

/** How the bytes of a segment are packed; the id stands in containers and on the wire and never changes. */
public enum Codec {
    /** As they are. */
    RAW(0),

    /** One zstd frame (RFC 8878) that states its content size. */
    ZSTD(1);

    private final int id;

    Codec(int id) {
        this.id = id;
    }

    public int id() {
        return id;
    }

    /**
     * The codec of an id.
     *
     * @throws CorruptChunkException if there is none
     */
    public static Codec ofId(int id) throws CorruptChunkException {
        for (Codec codec : values()) {
            if (codec.id == id) {
                return codec;
            }
        }
        throw new CorruptChunkException("a segment names codec " + id + ", which does not exist");
    }
}
