package io.culvert.gateway.relay.dedup;

import java.io.IOException;

/**
 * The bytes of a ring, by position: a position stands at {@code position mod size}. Safe for use by several threads, as long as
 * no two of them touch the same bytes at a time. Scratch: nothing in it outlives the process.
 */
interface RingStorage extends AutoCloseable {

    /** Opens the storage of a new ring; what was there before is gone. */
    interface Opener {
        RingStorage open(long sizeBytes) throws IOException;
    }

    /** Reads {@code length} bytes; what was never written reads as zeros. */
    void read(long position, byte[] to, int offset, int length) throws IOException;

    /** Writes {@code length} bytes, at most the ring's size. After an exception any part of them may have been written. */
    void write(long position, byte[] from, int offset, int length) throws IOException;

    /** Frees the bytes; reads and writes then fail. A second call does nothing. */
    @Override
    void close() throws IOException;
}
