package io.culvert.gateway.relay.dedup;

import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds in the history what the payload of one flow repeats. For one thread.
 *
 * <p>After Spring and Wetherall, "A protocol-independent technique for eliminating redundant network traffic" (SIGCOMM 2000): the
 * hash of an <em>anchor</em>, {@value #ANCHOR_BYTES} bytes, finds a place in the history; bytes are compared there, and on to both
 * sides as far as they are the same. Three things find a place, in this order:
 *
 * <ol>
 *   <li>the <em>cursor</em>: where the last repeat ended in the history. A repeat goes on whatever the sizes of the writes are, and
 *       without waiting for anything;
 *   <li>the anchor at the begin of a payload, or of what follows a repeat: writes that come again in another order;
 *   <li>the anchors that end where {@link AnchorRule} says, in the payload stream, which runs on over records and messages:
 *       everything else, at any offset.
 * </ol>
 *
 * <p>Every byte is compared before it is referred to: a hash that lies costs a comparison. Memory: the cursor, and the last
 * {@value #TAIL_BYTES} fresh bytes, in which an anchor may begin that ends in the next message.
 */
final class PayloadMatcher {

    static final int ANCHOR_BYTES = 128;

    static final int TAIL_BYTES = ANCHOR_BYTES - 1;

    /** Anchors that are indexed do not overlap. */
    private static final int SPACING_BYTES = ANCHOR_BYTES;

    /** A shorter repeat is not worth a reference. */
    static final int LEAST_REPEAT_BYTES = 32;

    /** In an earlier message. */
    private static final int EARLIER = -1;

    /** An anchor that may be indexed; from and to are indices into the message, from may lie before it. */
    private record Candidate(long hash, int from, int to) {}

    private final SentRing ring;
    private final Comparison comparison;
    private final List<Candidate> candidates = new ArrayList<>();
    private long cursor = Zone.NONE;

    /** The last fresh bytes. */
    private final byte[] tail = new byte[TAIL_BYTES];

    private int tailBytes;

    /** Where the tail begins among the fresh bytes of this message, or {@link #EARLIER}. */
    private int tailFresh = EARLIER;

    /** If earlier: so many bytes beyond this position of the history. */
    private int tailSkip;

    private long tailPosition = Zone.NONE;

    PayloadMatcher(SentRing ring, Ledger ledger) {
        this.ring = ring;
        this.comparison = new Comparison(ring, ledger);
    }

    /** Adds the parts of a run of payload. */
    void match(PackingTools tools, byte[] data, Run run, Draft draft) throws IOException {
        int at = run.from();
        int to = at + run.lengthBytes();
        boolean begins = run.begins();
        while (at < to) {
            int same = cursor == Zone.NONE ? 0 : comparison.forward(tools, ring.follow(cursor), data, at, to);
            if (same >= LEAST_REPEAT_BYTES || at + same == to) {
                at = repeats(draft, at, same);
            } else {
                cursor = Zone.NONE;
                at = fresh(tools, data, at, to, begins, draft);
            }
            begins = false;
        }
    }

    /** The fresh bytes of the message stand in the history: what they hold can be found from now on. */
    void stored(Draft draft, List<Grant> grants) {
        for (Draft.Entry entry : draft.entries()) {
            long position =
                    entry.earlier() ? ring.advance(tailPosition, entry.offset()) : position(grants, entry.offset());
            ring.put(entry.hash(), position);
        }
        if (tailBytes > 0) {
            tailPosition = tailFresh == EARLIER ? ring.advance(tailPosition, tailSkip) : position(grants, tailFresh);
        }
        tailFresh = EARLIER;
        tailSkip = 0;
    }

    /** The fresh bytes of the message are not in the history: an anchor that they belong to is not either. */
    void notStored() {
        dropTail();
    }

    /** Bytes of the flow were not looked at. */
    void skipped() {
        dropTail();
        cursor = Zone.NONE;
    }

    private static long position(List<Grant> grants, int freshOffset) {
        int left = freshOffset;
        for (Grant grant : grants) {
            if (left < grant.lengthBytes()) {
                return grant.position() + left;
            }
            left -= grant.lengthBytes();
        }
        throw new IllegalStateException("offset " + freshOffset + " is beyond what was granted");
    }

    private void dropTail() {
        tailBytes = 0;
        tailFresh = EARLIER;
        tailSkip = 0;
        tailPosition = Zone.NONE;
    }

    // ---- repeats

    /** Takes what was compared; the next index. */
    private int repeats(Draft draft, int at, int same) {
        if (same >= LEAST_REPEAT_BYTES) {
            comparison.pieces().forEach(draft::repeated);
        } else {
            draft.known(at, same);
        }
        cursor = comparison.end();
        dropTail();
        return at + same;
    }

    // ---- what does not go on where the last repeat ended

    /** Adds fresh bytes up to the next repeat, and that one; the next index. */
    private int fresh(PackingTools tools, byte[] data, int at, int to, boolean begins, Draft draft) throws IOException {
        candidates.clear();
        if ((begins || tailBytes == 0) && to - at >= ANCHOR_BYTES) {
            long hash = tools.hash(data, at, ANCHOR_BYTES);
            long place = ring.find(hash);
            int same = place == Zone.NONE ? 0 : comparison.forward(tools, place, data, at, to);
            if (same >= LEAST_REPEAT_BYTES) {
                return repeats(draft, at, same);
            }
            candidates.add(new Candidate(hash, at, at + ANCHOR_BYTES));
        }
        byte[] work = data;
        int from = at;
        int shift = 0;
        if (tailBytes > 0) {
            work = tools.work(tail, tailBytes, data, at, to - at);
            from = 0;
            shift = at - tailBytes;
        }
        return sampled(tools, data, at, to, new Work(work, from, to - shift, shift), draft);
    }

    /** The bytes to sample: the tail and what follows it; index {@code i} here is {@code i + shift} in the message. */
    private record Work(byte[] bytes, int from, int to, int shift) {}

    private int sampled(PackingTools tools, byte[] data, int at, int to, Work work, Draft draft) throws IOException {
        int next = work.from() + Math.max(ANCHOR_BYTES, tailBytes + 1);
        while (true) {
            List<Slice> anchors = sample(tools, work, next);
            if (anchors.isEmpty()) {
                addFresh(draft, at, to);
                keepTail(draft, work, at);
                return to;
            }
            long[] hashes = tools.hash(anchors);
            for (int i = 0; i < anchors.size(); i++) {
                int from = anchors.get(i).offset() + work.shift();
                int end = hit(tools, data, at, to, from, hashes[i], draft);
                if (end >= 0) {
                    return end;
                }
                candidates.add(new Candidate(hashes[i], from, from + ANCHOR_BYTES));
            }
            next = anchors.getLast().offset() + ANCHOR_BYTES + SPACING_BYTES;
        }
    }

    /** The next few anchors whose ends are at {@code first} or later. */
    private static List<Slice> sample(PackingTools tools, Work work, int first) {
        List<Slice> anchors = tools.anchors;
        anchors.clear();
        int next = first;
        while (next <= work.to() && anchors.size() < PackingTools.BATCH) {
            int end = AnchorRule.next(work.bytes(), next, work.to());
            if (end == AnchorRule.NONE) {
                break;
            }
            anchors.add(new Slice(work.bytes(), end - ANCHOR_BYTES, ANCHOR_BYTES));
            next = end + SPACING_BYTES;
        }
        return anchors;
    }

    /** If an anchor at {@code from} is in the history: adds all up to the end of the repeat, and tells that; else -1. */
    private int hit(PackingTools tools, byte[] data, int at, int to, int from, long hash, Draft draft)
            throws IOException {
        long place = ring.find(hash);
        if (place == Zone.NONE) {
            return -1;
        }
        int begin = Math.max(from, at); // what is before has gone out in earlier messages
        int same = comparison.forward(tools, ring.advance(place, begin - from), data, begin, to);
        if (same < LEAST_REPEAT_BYTES && begin + same < to) {
            return -1;
        }
        int back = from > at && same >= LEAST_REPEAT_BYTES ? comparison.backward(tools, place, data, at, from) : 0;
        addFresh(draft, at, begin - back);
        if (back > 0) {
            draft.repeated(new Part.Repeated(from - back, back, place - back));
        }
        return repeats(draft, begin, same);
    }

    /** Adds {@code at..to} as fresh, with the candidates that lie in it. */
    private void addFresh(Draft draft, int at, int to) {
        if (at == to) {
            return;
        }
        int fresh = draft.freshBytes();
        draft.fresh(at, to - at);
        for (Candidate candidate : candidates) {
            int offset = candidate.from() - at;
            if (candidate.to() > to) {
                continue;
            }
            if (offset >= 0) {
                draft.index(candidate.hash(), fresh + offset, false);
            } else if (tailFresh == EARLIER) {
                draft.index(candidate.hash(), tailSkip + tailBytes + offset, true);
            } else {
                draft.index(candidate.hash(), tailFresh + tailBytes + offset, false);
            }
        }
    }

    /** Keeps the last bytes of the run that began at {@code at}. */
    private void keepTail(Draft draft, Work work, int at) {
        int length = Math.min(TAIL_BYTES, work.to() - work.from());
        int begin = work.to() - length;
        if (begin + work.shift() >= at) {
            tailFresh = draft.freshBytes() - length;
        } else if (tailFresh == EARLIER) {
            tailSkip += begin - work.from();
        } else {
            tailFresh += begin - work.from();
        }
        System.arraycopy(work.bytes(), begin, tail, 0, length);
        tailBytes = length;
    }
}
