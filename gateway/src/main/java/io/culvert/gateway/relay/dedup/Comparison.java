package io.culvert.gateway.relay.dedup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Compares the bytes of a message with those of the history, byte by byte; for one flow and one thread. What it looks at is kept from
 * being overwritten until the message is done.
 */
final class Comparison {

    /** Bytes compared first, when nothing is known of a place. */
    private static final int FIRST_BYTES = 4 << 10;

    private final SentRing ring;
    private final Ledger ledger;
    private final List<Part.Repeated> pieces = new ArrayList<>();
    private long end = Zone.NONE;

    Comparison(SentRing ring, Ledger ledger) {
        this.ring = ring;
        this.ledger = ledger;
    }

    /** What the last {@link #forward} found, in order. */
    List<Part.Repeated> pieces() {
        return pieces;
    }

    /** Where in the history it ended. */
    long end() {
        return end;
    }

    /**
     * How many bytes of {@code data[at..to)} stand at a position of the history and where its flow went on; {@link #pieces} then has
     * them.
     */
    int forward(PackingTools tools, long position, byte[] data, int at, int to) throws IOException {
        pieces.clear();
        long place = position;
        int next = at;
        int step = FIRST_BYTES;
        while (next < to) {
            int length = ring.readable(ledger, place, Math.min(to - next, step));
            if (length == 0) {
                break;
            }
            ring.read(place, tools.history, 0, length);
            int mismatch = Arrays.mismatch(tools.history, 0, length, data, next, next + length);
            int same = mismatch < 0 ? length : mismatch;
            if (same > 0) {
                pieces.add(new Part.Repeated(next, same, place));
            }
            next += same;
            place += same;
            if (same < length) {
                break;
            }
            place = next < to ? ring.follow(place) : place;
            step = tools.history.length;
        }
        end = place;
        return next - at;
    }

    /** How many bytes before {@code end} are those before a position. */
    int backward(PackingTools tools, long position, byte[] data, int at, int end) throws IOException {
        int same = 0;
        while (same < end - at) {
            int most = Math.min(end - at - same, tools.history.length);
            int length = ring.readableBefore(ledger, position - same, most);
            ring.read(position - same - length, tools.history, 0, length);
            int alike = 0;
            while (alike < length && tools.history[length - 1 - alike] == data[end - 1 - same - alike]) {
                alike++;
            }
            same += alike;
            if (length == 0 || alike < length) {
                break;
            }
        }
        return same;
    }
}
