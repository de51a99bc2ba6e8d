package io.culvert.gateway.relay.dedup;

import java.util.List;

/**
 * Tells the payload of NFS WRITE calls and READ replies from what surrounds it, in one direction of a TCP connection with record
 * marking (RFC 5531, section 11). For one thread.
 *
 * <p>It does not parse NFS. In a record of more than {@value #MAX_HEADER_ONLY_BYTES} bytes it takes the first word that can be the
 * length of an opaque (RFC 4506, section 4.10) which fills the record up to a short trailer; that serves WRITE3args and READ3resok
 * (RFC 1813) and both operations inside a COMPOUND (RFC 8881). A wrong split costs ratio and nothing else. Bytes are never held
 * back: what comes before the word that decides has been called a header by then.
 *
 * <pre>
 * MARK    -- 4 bytes, plausible                   --> HEADER (also for a long record until its payload is found)
 * MARK    -- 4 bytes, absurd                      --> LOST
 * HEADER  -- an opaque's length                   --> PAYLOAD
 * HEADER  -- {@value #SCAN_BYTES} bytes without one             --> PAYLOAD, to the end of the record
 * HEADER, PAYLOAD -- the end of the fragment      --> MARK
 * PAYLOAD -- the end of the opaque                --> HEADER (a trailer)
 * LOST    -- what looks like a call or a reply    --> MARK
 * </pre>
 *
 * <p>LOST is where a flow begins that is replayed from the middle of a record.
 */
final class RecordCarver {

    static final int SCAN_BYTES = 512;
    static final int MAX_HEADER_ONLY_BYTES = 1024;

    private static final int LEAST_PAYLOAD_BYTES = 512;
    private static final int MAX_TRAILER_BYTES = 512;

    /** No NFS server or client moves more at a time. */
    private static final int MAX_RECORD_BYTES = 32 << 20;

    private static final int WORD = 4;

    /** No call or reply has its arguments or results before; an xid can look like a length. */
    private static final int RPC_BYTES = 6 * WORD;

    private static final int LAST = 0x8000_0000;

    /** A mark, xid, message type and what follows it. */
    private static final int PROOF_WORDS = 5;

    private static final int CALL = 0;
    private static final int REPLY = 1;
    private static final int RPC_VERSION = 2;
    private static final int NFS = 100_003;

    private enum State {
        MARK,
        HEADER,
        PAYLOAD,
        LOST
    }

    private State state = State.MARK;
    private int mark;
    private int markBytes;

    /** Of the fragment, not seen yet. */
    private int fragmentLeft;

    /** Of the payload, not seen yet. */
    private int payloadLeft;

    private boolean payloadBegins;
    private boolean searching;

    /** The last bytes of the header, and how many bytes it has so far. */
    private int word;

    private int headerBytes;

    /** Adds the runs that {@code data[from..to)} consists of. */
    void carve(byte[] data, int from, int to, List<Run> runs) {
        int at = from;
        int runStart = from;
        while (at < to) {
            switch (state) {
                case MARK -> at = mark(data, at, to);
                case HEADER -> {
                    at = header(data, at, to);
                    if (state != State.HEADER) {
                        runStart = end(runs, false, runStart, at);
                    }
                }
                case PAYLOAD -> {
                    runStart = end(runs, false, runStart, at);
                    at += payload(to - at);
                    runStart = end(runs, true, runStart, at);
                }
                case LOST -> {
                    runStart = end(runs, false, runStart, at);
                    at = lost(data, at, to);
                    runStart = end(runs, true, runStart, at);
                }
            }
        }
        end(runs, false, runStart, to);
    }

    private int end(List<Run> runs, boolean payload, int from, int to) {
        if (from < to) {
            runs.add(new Run(payload, from, to - from, payload && payloadBegins));
            payloadBegins &= !payload;
        }
        return to;
    }

    private int mark(byte[] data, int from, int to) {
        int at = from;
        while (at < to && markBytes < WORD) {
            mark = (mark << Byte.SIZE) | (data[at++] & 0xFF);
            markBytes++;
        }
        if (markBytes == WORD) {
            markBytes = 0;
            fragmentLeft = mark & ~LAST;
            boolean plausible = fragmentLeft >= 2 * WORD && fragmentLeft <= MAX_RECORD_BYTES;
            state = plausible ? State.HEADER : State.LOST;
            searching = fragmentLeft > MAX_HEADER_ONLY_BYTES;
            payloadBegins = true;
            headerBytes = 0;
        }
        return at;
    }

    private int header(byte[] data, int from, int to) {
        int end = from + Math.min(to - from, fragmentLeft);
        if (!searching) {
            fragmentLeft -= end - from;
            state = fragmentLeft == 0 ? State.MARK : State.HEADER;
            return end;
        }
        int at = from;
        while (at < end && state == State.HEADER) {
            word = (word << Byte.SIZE) | (data[at++] & 0xFF);
            fragmentLeft--;
            headerBytes++;
            if (headerBytes > RPC_BYTES && headerBytes % WORD == 0 && isOpaque(word) && !isCount(data, at, end)) {
                begin(word, true);
            } else if (headerBytes == SCAN_BYTES) {
                begin(fragmentLeft, false);
            }
        }
        return at;
    }

    private boolean isOpaque(int length) {
        if (length < LEAST_PAYLOAD_BYTES || length > fragmentLeft) {
            return false;
        }
        int rest = fragmentLeft - (length + WORD - 1) / WORD * WORD;
        return rest >= 0 && rest <= MAX_TRAILER_BYTES;
    }

    /** WRITE3args and READ3resok state the length two words before the opaque as well. */
    private boolean isCount(byte[] data, int at, int end) {
        return at + 2 * WORD <= end && word(data, at + WORD) == word;
    }

    private void begin(int lengthBytes, boolean found) {
        payloadLeft = lengthBytes;
        payloadBegins = found;
        searching = false;
        state = State.PAYLOAD;
    }

    private int payload(int available) {
        int length = Math.min(available, payloadLeft);
        payloadLeft -= length;
        fragmentLeft -= length;
        if (payloadLeft == 0) {
            state = fragmentLeft == 0 ? State.MARK : State.HEADER;
        }
        return length;
    }

    /** The begin of the first record that proves to be one, or the end. */
    private int lost(byte[] data, int from, int to) {
        for (int at = from; at + PROOF_WORDS * WORD <= to; at++) {
            if (data[at] < 0 && isRecord(data, at)) {
                state = State.MARK;
                return at;
            }
        }
        return to;
    }

    private static boolean isRecord(byte[] data, int at) {
        int length = word(data, at) & ~LAST;
        int third = word(data, at + 3 * WORD);
        int fourth = word(data, at + 4 * WORD);
        return length >= PROOF_WORDS * WORD
                && length <= MAX_RECORD_BYTES
                && switch (word(data, at + 2 * WORD)) {
                    case CALL -> third == RPC_VERSION && fourth == NFS;
                    case REPLY -> third == 0 && fourth == 0; // accepted, with a verifier of AUTH_NONE
                    default -> false;
                };
    }

    private static int word(byte[] data, int at) {
        return data[at] << 24 | (data[at + 1] & 0xFF) << 16 | (data[at + 2] & 0xFF) << 8 | (data[at + 3] & 0xFF);
    }
}
