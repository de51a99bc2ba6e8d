package io.culvert.gateway.relay.dedup;

import io.culvert.dedupe.chunk.Slice;

/** A part of a packed message: where some of the plain bytes come from. {@link PackedMessage} says what each means. */
sealed interface Operation {

    /** At least 1. */
    int lengthBytes();

    /** A header, whole. */
    record Header(int lengthBytes) implements Operation {}

    /** A header as the last of its length, but for the words that the bitmap names. */
    record Change(int lengthBytes, Slice bitmap) implements Operation {
        boolean isChanged(int word) {
            return (bitmap.get(word / Byte.SIZE) >>> word % Byte.SIZE & 1) != 0;
        }
    }

    /** Bytes that are not stored. */
    record Literal(int lengthBytes) implements Operation {}

    /** Bytes that are stored at a position. */
    record Stored(int lengthBytes, long position) implements Operation {}

    /** Bytes that stand at a position. */
    record Reference(int lengthBytes, long position) implements Operation {}

    /** How many of the literals it takes. */
    default int literalBytes() {
        return switch (this) {
            case Header header -> header.lengthBytes;
            case Change change -> changedBytes(change);
            case Literal literal -> literal.lengthBytes;
            case Stored stored -> stored.lengthBytes;
            case Reference reference -> 0;
        };
    }

    private static int changedBytes(Change change) {
        int bytes = 0;
        for (int word = 0; word * HeaderTable.WORD_BYTES < change.lengthBytes; word++) {
            if (change.isChanged(word)) {
                bytes += Math.min(HeaderTable.WORD_BYTES, change.lengthBytes - word * HeaderTable.WORD_BYTES);
            }
        }
        return bytes;
    }
}
