package io.culvert.gateway.relay.dedup;

import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;

/**
 * Unpacks the packed messages of one flow in one channel, in their order; for one thread at a time. After an exception it is of no
 * use any more.
 *
 * <p>Allocates at most the length that a message declares, which is at most 256 KiB, once for the bytes and once for its literals.
 */
public final class FlowUnpacker {

    private final ReceivedHistory history;
    private final ToolShelf<UnpackingTools> shelf;
    private final HeaderTable headers = new HeaderTable();
    private long storedEnd;
    private long referenceEnd;

    FlowUnpacker(ReceivedHistory history, ToolShelf<UnpackingTools> shelf) {
        this.history = history;
        this.shelf = shelf;
    }

    /**
     * The bytes that {@link FlowPacker#pack} was given; the caller's to keep.
     *
     * @param packed from a peer; checked, not believed
     * @throws DamagedHistoryException if it is malformed, refers to what is not there, or unpacks to other bytes than were packed
     * @throws IOException if the history's file cannot be read or written
     */
    public Slice unpack(Slice packed) throws DamagedHistoryException, IOException {
        MessageReader reader = new MessageReader(packed, storedEnd, referenceEnd);
        MessageReader.Parsed parsed = reader.read();
        UnpackingTools tools = shelf.take();
        try {
            Slice literals = parsed.compressed()
                    ? tools.decompress(parsed.literals(), parsed.literalBytes())
                    : parsed.literals();
            byte[] plain = new byte[parsed.plainBytes()];
            run(parsed, literals, plain);
            if (!parsed.digest().isEmpty() && !parsed.digest().equals(tools.digest(plain))) {
                throw new DamagedHistoryException(
                        "a packed message of " + plain.length + " bytes unpacks to others than were packed");
            }
            storedEnd = reader.storedEnd();
            referenceEnd = reader.referenceEnd();
            return Slice.of(plain);
        } finally {
            shelf.giveBack(tools);
        }
    }

    private void run(MessageReader.Parsed parsed, Slice literals, byte[] plain) throws IOException {
        int from = literals.offset();
        int to = 0;
        for (Operation operation : parsed.operations()) {
            int length = operation.lengthBytes();
            switch (operation) {
                case Operation.Header header -> {
                    System.arraycopy(literals.array(), from, plain, to, length);
                    headers.remember(plain, to, length);
                }
                case Operation.Change change -> {
                    change(change, literals.array(), from, plain, to);
                    headers.remember(plain, to, length);
                }
                case Operation.Literal literal -> System.arraycopy(literals.array(), from, plain, to, length);
                case Operation.Stored stored -> {
                    System.arraycopy(literals.array(), from, plain, to, length);
                    history.store(stored.position(), plain, to, length);
                }
                case Operation.Reference reference -> history.fetch(reference.position(), plain, to, length);
            }
            from += operation.literalBytes();
            to += length;
        }
    }

    private void change(Operation.Change change, byte[] literals, int from, byte[] plain, int to)
            throws DamagedHistoryException {
        int length = change.lengthBytes();
        byte[] last = headers.last(length);
        if (last == null) {
            throw new DamagedHistoryException(
                    "a packed message changes a header of " + length + " bytes, none is known");
        }
        System.arraycopy(last, 0, plain, to, length);
        int literal = from;
        for (int word = 0; word * HeaderTable.WORD_BYTES < length; word++) {
            if (change.isChanged(word)) {
                int at = word * HeaderTable.WORD_BYTES;
                int bytes = Math.min(HeaderTable.WORD_BYTES, length - at);
                System.arraycopy(literals, literal, plain, to + at, bytes);
                literal += bytes;
            }
        }
    }
}
