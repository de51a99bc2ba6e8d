package io.culvert.gateway.relay.dedup;

import java.io.IOException;

/** A ring in memory, which can fail. */
final class MemoryRing implements RingStorage {

    private final byte[] bytes;
    private long roomBytes = Long.MAX_VALUE;
    private boolean closed;

    MemoryRing(long sizeBytes) {
        bytes = new byte[Math.toIntExact(sizeBytes)];
    }

    /** So many bytes more can be written, then the disk is full. */
    void fillAfter(long writtenBytes) {
        roomBytes = writtenBytes;
    }

    /** Damages the byte at a position. */
    void flip(long position) {
        bytes[(int) (position % bytes.length)] ^= 0x10;
    }

    @Override
    public void read(long position, byte[] to, int offset, int length) throws IOException {
        check();
        for (int done = 0; done < length; ) {
            int at = (int) ((position + done) % bytes.length);
            int count = Math.min(length - done, bytes.length - at);
            System.arraycopy(bytes, at, to, offset + done, count);
            done += count;
        }
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) throws IOException {
        check();
        roomBytes -= length;
        if (roomBytes < 0) {
            throw new IOException("No space left on device");
        }
        for (int done = 0; done < length; ) {
            int at = (int) ((position + done) % bytes.length);
            int count = Math.min(length - done, bytes.length - at);
            System.arraycopy(from, offset + done, bytes, at, count);
            done += count;
        }
    }

    private void check() throws IOException {
        if (closed) {
            throw new IOException("the ring is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
