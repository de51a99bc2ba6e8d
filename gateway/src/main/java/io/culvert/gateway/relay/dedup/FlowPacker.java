package io.culvert.gateway.relay.dedup;

import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Packs the messages of one flow in one channel. One thread packs; the other methods may be called from any.
 *
 * <p>A packed message is to be sent, in order, in the channel that the packer was made for; after the channel has broken, what the
 * receiver did not acknowledge is packed again by a new packer. Each message is whole: nothing is held back for the next.
 *
 * <p>Memory: at most some 80 KiB, for remembered headers (16 KiB) and unacknowledged messages (56 KiB); some 3 KiB at first.
 */
public final class FlowPacker implements AutoCloseable {

    /** How much longer than its bytes a packed message may be. */
    public static final int MAX_GROWTH_BYTES = PackedMessage.MAX_GROWTH_BYTES;

    private final @Nullable SentRing ring;
    private final Ledger ledger;
    private final ToolShelf<PackingTools> shelf;
    private final Mode mode;
    private final @Nullable RecordCarver carver;
    private final @Nullable PayloadMatcher matcher;
    private final BypassRule bypass;
    private final CompressionRule compression = new CompressionRule();
    private final HeaderTable headers = new HeaderTable();
    private final AtomicLong plainBytes = new AtomicLong();
    private final AtomicLong packedBytes = new AtomicLong();
    private final AtomicLong repeatedBytes = new AtomicLong();
    private long storedEnd;
    private long referenceEnd;
    private volatile PackingState state;

    FlowPacker(@Nullable SentRing ring, ToolShelf<PackingTools> shelf, boolean rpc, Mode mode) {
        this.ring = ring;
        this.ledger = ring == null ? new Ledger() : ring.join();
        this.shelf = shelf;
        this.mode = mode;
        this.bypass = new BypassRule(rpc);
        this.carver = rpc ? new RecordCarver() : null;
        this.matcher = ring == null ? null : new PayloadMatcher(ring, ledger);
        this.state = stateNow();
    }

    /**
     * The packed message for the flow's bytes that begin at an offset; the caller's to keep, and at most
     * {@value PackedMessage#MAX_GROWTH_BYTES} bytes longer than they are. Empty: send them as they are.
     *
     * @param offset of the flow, where the bytes of the call before ended
     * @param bytes at most 256 KiB
     */
    public Optional<Slice> pack(long offset, Slice bytes) {
        if (bytes.length() > PackedMessage.MAX_PLAIN_BYTES) {
            throw new IllegalArgumentException(
                    "bytes must be <= " + PackedMessage.MAX_PLAIN_BYTES + ", were " + bytes.length());
        }
        Optional<Slice> packed = bytes.isEmpty() || mode == Mode.OFF ? Optional.empty() : consider(offset, bytes);
        plainBytes.addAndGet(bytes.length());
        packedBytes.addAndGet(packed.orElse(bytes).length());
        state = stateNow();
        return packed;
    }

    private Optional<Slice> consider(long offset, Slice bytes) {
        List<Run> runs = runs(bytes);
        if (mode == Mode.AUTO) {
            if (offset == 0) {
                bypass.begins(bytes.array(), bytes.offset(), bytes.length());
            }
            if (bypass.state() != PackingState.ACTIVE) {
                bypass.bypassed(bytes.length());
                if (matcher != null) {
                    matcher.skipped();
                }
                return Optional.empty();
            }
            for (Run run : runs) {
                if (run.payload()) {
                    bypass.sample(bytes.array(), run.from(), run.lengthBytes());
                }
            }
        }
        PackingTools tools = shelf.take();
        long before = repeatedBytes.get();
        try {
            return pack(tools, offset + bytes.length(), bytes, runs);
        } finally {
            shelf.giveBack(tools);
            bypass.packed((int) (repeatedBytes.get() - before));
        }
    }

    private List<Run> runs(Slice bytes) {
        int from = bytes.offset();
        if (carver == null) {
            return List.of(new Run(true, from, bytes.length(), false));
        }
        List<Run> runs = new ArrayList<>();
        carver.carve(bytes.array(), from, from + bytes.length(), runs);
        return runs;
    }

    private Optional<Slice> pack(PackingTools tools, long endOffset, Slice bytes, List<Run> runs) {
        if (ring != null && matcher != null && ring.isUsable() && ring.hasRoom(ledger)) {
            try {
                return packWithHistory(tools, ring, matcher, endOffset, bytes, runs);
            } catch (IOException e) {
                ring.failed(e);
            }
        }
        if (matcher != null) {
            matcher.skipped();
        }
        Draft draft = new Draft();
        for (Run run : runs) {
            if (run.payload()) {
                draft.known(run.from(), run.lengthBytes());
            } else {
                draft.header(run.from(), run.lengthBytes());
            }
        }
        return write(tools, bytes, draft, List.of());
    }

    private Optional<Slice> packWithHistory(
            PackingTools tools, SentRing history, PayloadMatcher payload, long endOffset, Slice bytes, List<Run> runs)
            throws IOException {
        Draft draft = new Draft();
        for (Run run : runs) {
            if (run.payload()) {
                payload.match(tools, bytes.array(), run, draft);
            } else {
                draft.header(run.from(), run.lengthBytes());
            }
        }
        List<Grant> grants = draft.freshBytes() == 0 ? List.of() : history.reserve(ledger, draft.freshBytes());
        if (!grants.isEmpty()) {
            byte[] fresh = tools.gather(bytes.array(), draft);
            int at = 0;
            for (Grant grant : grants) {
                history.write(grant, fresh, at);
                at += grant.lengthBytes();
            }
        }
        Optional<Slice> packed = write(tools, bytes, draft, grants);
        if (packed.isPresent()) {
            history.done(ledger, endOffset, grants, draft.lowestReference());
        } else {
            history.cancel(ledger, grants);
        }
        if (packed.isPresent() && !grants.isEmpty()) {
            payload.stored(draft, grants);
        } else if (draft.freshBytes() > 0) {
            payload.notStored();
        }
        if (packed.isPresent()) {
            repeatedBytes.addAndGet(draft.repeatedBytes());
        }
        return packed;
    }

    /** The message, unless it would be too long for what it is good for; then nothing has changed. */
    private Optional<Slice> write(PackingTools tools, Slice bytes, Draft draft, List<Grant> grants) {
        byte[] @Nullable [] before = headers.saved();
        MessageWriter writer = tools.writer;
        writer.begin(storedEnd, referenceEnd);
        writeParts(writer, bytes.array(), draft, grants);
        Slice body = writer.literals();
        boolean compressed = false;
        if (compression.worthTrying(body)) {
            Slice frame = tools.compress(body);
            compressed = compression.tried(body.length(), frame.length());
            body = compressed ? frame : body;
        }
        boolean refers = draft.repeatedBytes() > 0;
        Slice digest = refers ? tools.digest(bytes) : Slice.empty();
        Slice packed = writer.finish(bytes.length(), digest, compressed, body);
        int most = grants.isEmpty() ? bytes.length() - 1 : bytes.length() + PackedMessage.MAX_GROWTH_BYTES;
        if (packed.length() > most) {
            headers.restore(before);
            return Optional.empty();
        }
        storedEnd = writer.storedEnd();
        referenceEnd = writer.referenceEnd();
        return Optional.of(packed);
    }

    private void writeParts(MessageWriter writer, byte[] data, Draft draft, List<Grant> grants) {
        GrantWalk places = new GrantWalk(grants);
        for (Part part : draft.parts()) {
            switch (part) {
                case Part.Header header -> writer.header(data, header.from(), header.lengthBytes(), headers);
                case Part.Known known -> writer.literal(data, known.from(), known.lengthBytes());
                case Part.Repeated same -> writer.reference(same.lengthBytes(), same.position());
                case Part.Fresh fresh -> {
                    if (grants.isEmpty()) {
                        writer.literal(data, fresh.from(), fresh.lengthBytes());
                    } else {
                        places.write(writer, data, fresh);
                    }
                }
            }
        }
    }

    /** The receiver has unpacked all of the flow before this offset, in this channel. */
    public void acknowledged(long offset) {
        if (ring != null) {
            ring.acknowledged(ledger, offset);
        }
    }

    public Stats stats() {
        return new Stats(plainBytes.get(), packedBytes.get(), repeatedBytes.get(), state);
    }

    private PackingState stateNow() {
        if (mode == Mode.OFF) {
            return PackingState.OFF;
        }
        PackingState decided = bypass.state();
        boolean alone = ring == null || !ring.isUsable();
        return decided == PackingState.ACTIVE && alone ? PackingState.WITHOUT_HISTORY : decided;
    }

    /**
     * The channel has ended: what was not acknowledged is void, nobody will refer to it. A second call does nothing. Close it when the
     * last acknowledgement has come, if there is one to come.
     */
    @Override
    public void close() {
        if (ring != null) {
            ring.leave(ledger);
        }
    }
}
