package io.culvert.gateway.probe;

import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What is said in a channel that measures.
 *
 * <pre>
 *   opening   TAKE 1 | 0 4             the opener sends, the other counts
 *             GIVE 2 | milliseconds 4  the other sends for so long
 *   report    bytes 8 | sent again 8   of who received at TAKE, of who sent at GIVE; the last message
 *   else      bytes without a meaning, longer than a report
 * </pre>
 */
final class RateMessage {

    /** What a side sends at a time; with compression of none, since they are random. */
    static final int PIECE_BYTES = 64 << 10;

    /** The longest that a side sends. */
    static final int MAX_MILLIS = 3_000;

    /** The most that a side sends: a second of 10 Gbit/s. */
    static final long MAX_BYTES = 1_250L << 20;

    private static final int OPENING_BYTES = 1 + Integer.BYTES;
    private static final int REPORT_BYTES = 2 * Long.BYTES;
    private static final byte TAKE = 1;
    private static final byte GIVE = 2;

    private RateMessage() {}

    /** @param millis that the other side sends; 0: it counts */
    record Opening(int millis) {}

    /** @param againBytes about as many bytes of the stream were sent again meanwhile, by who reports */
    record Report(long bytes, long againBytes) {}

    static Slice opening(int millis) {
        return Slice.of(ByteBuffer.allocate(OPENING_BYTES)
                .put(millis == 0 ? TAKE : GIVE)
                .putInt(millis)
                .array());
    }

    /** @throws IOException if it is none */
    static Opening opening(Slice message) throws IOException {
        ByteBuffer bytes = bytes(message);
        if (bytes.remaining() != OPENING_BYTES) {
            throw new IOException("an opening has " + OPENING_BYTES + " bytes, this one " + bytes.remaining());
        }
        byte what = bytes.get();
        int millis = bytes.getInt();
        boolean legal = what == TAKE && millis == 0 || what == GIVE && millis > 0 && millis <= MAX_MILLIS;
        if (!legal) {
            throw new IOException("a rate is measured for 1 to " + MAX_MILLIS + " ms");
        }
        return new Opening(millis);
    }

    static Slice report(Report report) {
        return Slice.of(ByteBuffer.allocate(REPORT_BYTES)
                .putLong(report.bytes())
                .putLong(report.againBytes())
                .array());
    }

    static boolean isReport(Slice message) {
        return message.length() == REPORT_BYTES;
    }

    /** Of a message that is one; nothing in it is negative. */
    static Report report(Slice message) throws IOException {
        if (!isReport(message)) {
            throw new IOException("a report has " + REPORT_BYTES + " bytes, this one " + message.length());
        }
        ByteBuffer bytes = bytes(message);
        Report report = new Report(bytes.getLong(), bytes.getLong());
        if (report.bytes() < 0 || report.againBytes() < 0) {
            throw new IOException("a report has no negative numbers");
        }
        return report;
    }

    private static ByteBuffer bytes(Slice message) {
        return ByteBuffer.wrap(message.array(), message.offset(), message.length());
    }
}
