package io.culvert.dedupe.pool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One open file of a {@link Disk}. Safe for use by several threads; an interrupted thread completes its call and keeps its
 * interrupt status, so that a cancelled session never closes a file under the others.
 */
interface DiskFile extends Closeable {

    /** Reads until the buffer is full or the file ends; answers the bytes read, 0 at the end. */
    int read(ByteBuffer target, long offsetBytes) throws IOException;

    /**
     * Writes all remaining bytes of the buffer; after an exception any part of them may be in the file.
     *
     * @throws DiskFullException if the disk or a disk quota is full
     */
    void write(ByteBuffer source, long offsetBytes) throws IOException;

    long sizeBytes() throws IOException;

    void truncate(long sizeBytes) throws IOException;

    /** Makes the content durable. After an exception nothing is known of what was not forced before; never try again. */
    void force() throws IOException;

    @Override
    void close() throws IOException;
}
