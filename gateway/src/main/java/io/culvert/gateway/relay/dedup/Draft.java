package io.culvert.gateway.relay.dedup;

import java.util.ArrayList;
import java.util.List;

/** A message while it is being packed: its parts in order, and what is to be indexed once its fresh bytes have their places. */
final class Draft {

    /**
     * An anchor to be found again.
     *
     * @param offset where it begins: among the fresh bytes of this message, or beyond the position of the tail
     * @param earlier whether it begins in that tail, of an earlier message
     */
    record Entry(long hash, int offset, boolean earlier) {}

    private final List<Part> parts = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private int freshBytes;
    private int repeatedBytes;
    private long lowestReference = Long.MAX_VALUE;

    List<Part> parts() {
        return parts;
    }

    List<Entry> entries() {
        return entries;
    }

    int freshBytes() {
        return freshBytes;
    }

    int repeatedBytes() {
        return repeatedBytes;
    }

    /** {@link Long#MAX_VALUE} if there is no reference. */
    long lowestReference() {
        return lowestReference;
    }

    void header(int from, int lengthBytes) {
        parts.add(new Part.Header(from, lengthBytes));
    }

    void known(int from, int lengthBytes) {
        parts.add(new Part.Known(from, lengthBytes));
    }

    void fresh(int from, int lengthBytes) {
        freshBytes += lengthBytes;
        int last = parts.size() - 1;
        if (last >= 0 && parts.get(last) instanceof Part.Fresh before && before.from() + before.lengthBytes() == from) {
            parts.set(last, new Part.Fresh(before.from(), before.lengthBytes() + lengthBytes));
        } else {
            parts.add(new Part.Fresh(from, lengthBytes));
        }
    }

    void repeated(Part.Repeated part) {
        repeatedBytes += part.lengthBytes();
        lowestReference = Math.min(lowestReference, part.position());
        int last = parts.size() - 1;
        if (last >= 0
                && parts.get(last) instanceof Part.Repeated before
                && before.from() + before.lengthBytes() == part.from()
                && before.position() + before.lengthBytes() == part.position()) {
            parts.set(
                    last,
                    new Part.Repeated(before.from(), before.lengthBytes() + part.lengthBytes(), before.position()));
        } else {
            parts.add(part);
        }
    }

    void index(long hash, int offset, boolean earlier) {
        entries.add(new Entry(hash, offset, earlier));
    }
}
