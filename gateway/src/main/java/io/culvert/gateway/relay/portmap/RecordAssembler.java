package io.culvert.gateway.relay.portmap;

import io.culvert.dedupe.chunk.Slice;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Takes the records out of what a TCP connection brings (RFC 5531, section 11): fragments, each behind four bytes with its
 * length and a bit that says whether it is the last of its record.
 *
 * <p>Holds no more than the longest record, allocated as bytes come, not as lengths are claimed. For one thread.
 */
final class RecordAssembler {

    /** No call to a portmapper is longer. */
    static final int MAX_RECORD_BYTES = 8 << 10;

    /** More fragments than this for one record are an attack. */
    static final int MAX_FRAGMENTS = 64;

    private static final int LAST = 0x8000_0000;
    private static final int FIRST_BUFFER_BYTES = 256;

    private final ByteBuffer mark = ByteBuffer.allocate(Integer.BYTES);
    private byte[] record = new byte[FIRST_BUFFER_BYTES];
    private int recordBytes;
    private int fragmentBytes;
    private int fragments;
    private boolean last;
    private final int maxRecordBytes;

    /** For calls to a portmapper. */
    RecordAssembler() {
        this(MAX_RECORD_BYTES);
    }

    RecordAssembler(int maxRecordBytes) {
        this.maxRecordBytes = maxRecordBytes;
    }

    /**
     * Takes bytes up to the end of the next record.
     *
     * @param in read from its position on, to behind the record or to its limit
     * @return the record if it is complete
     * @throws MalformedXdrException if the record is too long or in too many pieces; the connection is of no use any more
     */
    Optional<Slice> take(ByteBuffer in) throws MalformedXdrException {
        while (in.hasRemaining()) {
            if (mark.hasRemaining()) {
                mark.put(in.get());
                if (!mark.hasRemaining()) {
                    begin(mark.getInt(0));
                }
            } else {
                copy(in);
            }
            if (!mark.hasRemaining() && fragmentBytes == 0) {
                mark.clear();
                if (last) {
                    Slice complete = Slice.of(Arrays.copyOf(record, recordBytes));
                    recordBytes = 0;
                    fragments = 0;
                    return Optional.of(complete);
                }
            }
        }
        return Optional.empty();
    }

    private void begin(int word) throws MalformedXdrException {
        last = (word & LAST) != 0;
        fragmentBytes = word & ~LAST;
        if (fragmentBytes > maxRecordBytes - recordBytes) {
            throw new MalformedXdrException(
                    "a record of " + ((long) recordBytes + fragmentBytes) + " bytes, at most " + maxRecordBytes);
        }
        if (++fragments > MAX_FRAGMENTS) {
            throw new MalformedXdrException("a record of more than " + MAX_FRAGMENTS + " fragments");
        }
    }

    private void copy(ByteBuffer in) {
        int bytes = Math.min(fragmentBytes, in.remaining());
        if (recordBytes + bytes > record.length) {
            record = Arrays.copyOf(record, Math.min(maxRecordBytes, Math.max(2 * record.length, recordBytes + bytes)));
        }
        in.get(record, recordBytes, bytes);
        recordBytes += bytes;
        fragmentBytes -= bytes;
    }

    /** A record of one fragment, to be sent. */
    static byte[] marked(byte[] record) {
        return ByteBuffer.allocate(Integer.BYTES + record.length)
                .putInt(LAST | record.length)
                .put(record)
                .array();
    }
}
