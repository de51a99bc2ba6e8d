package io.culvert.gateway.relay.dedup;

import io.culvert.dedupe.chunk.Slice;

/** Writes packed messages, one after the other; {@link PackedMessage} is the format. */
final class MessageWriter {

    private static final int FIRST_BYTES = 4 << 10;

    private final GrowingBytes operations = new GrowingBytes(FIRST_BYTES);
    private final GrowingBytes literals = new GrowingBytes(PackedMessage.MAX_PLAIN_BYTES);
    private final GrowingBytes head = new GrowingBytes(64);
    private long storedEnd;
    private long referenceEnd;

    /** Begins a message in a channel whose last stored bytes and last reference ended there. */
    void begin(long lastStoredEnd, long lastReferenceEnd) {
        operations.clear();
        literals.clear();
        storedEnd = lastStoredEnd;
        referenceEnd = lastReferenceEnd;
    }

    long storedEnd() {
        return storedEnd;
    }

    long referenceEnd() {
        return referenceEnd;
    }

    void header(byte[] data, int from, int lengthBytes, HeaderTable headers) {
        byte[] last = headers.last(lengthBytes);
        if (last == null || !change(last, data, from)) {
            operation(PackedMessage.HEADER, lengthBytes);
            literals.put(data, from, lengthBytes);
        }
        headers.remember(data, from, lengthBytes);
    }

    /** Writes a header as a change of the last, if that is shorter. */
    private boolean change(byte[] last, byte[] data, int from) {
        int lengthBytes = last.length;
        byte[] bitmap = new byte[HeaderTable.bitmapBytes(lengthBytes)];
        int changed = 0;
        for (int at = 0; at < lengthBytes; at += HeaderTable.WORD_BYTES) {
            int end = Math.min(at + HeaderTable.WORD_BYTES, lengthBytes);
            if (differs(last, data, from, at, end)) {
                int word = at / HeaderTable.WORD_BYTES;
                bitmap[word / Byte.SIZE] |= (byte) (1 << word % Byte.SIZE);
                changed += end - at;
            }
        }
        if (bitmap.length + changed >= lengthBytes) {
            return false;
        }
        operation(PackedMessage.CHANGE, lengthBytes);
        operations.put(bitmap, 0, bitmap.length);
        for (int at = 0; at < lengthBytes; at += HeaderTable.WORD_BYTES) {
            int end = Math.min(at + HeaderTable.WORD_BYTES, lengthBytes);
            if (differs(last, data, from, at, end)) {
                literals.put(data, from + at, end - at);
            }
        }
        return true;
    }

    private static boolean differs(byte[] last, byte[] data, int from, int at, int end) {
        for (int i = at; i < end; i++) {
            if (last[i] != data[from + i]) {
                return true;
            }
        }
        return false;
    }

    void literal(byte[] data, int from, int lengthBytes) {
        operation(PackedMessage.LITERAL, lengthBytes);
        literals.put(data, from, lengthBytes);
    }

    void stored(byte[] data, int from, int lengthBytes, long position) {
        operation(PackedMessage.STORED, lengthBytes);
        operations.signedVarint(position - storedEnd);
        storedEnd = position + lengthBytes;
        literals.put(data, from, lengthBytes);
    }

    void reference(int lengthBytes, long position) {
        operation(PackedMessage.REFERENCE, lengthBytes);
        operations.signedVarint(position - referenceEnd);
        referenceEnd = position + lengthBytes;
    }

    private void operation(int kind, int lengthBytes) {
        operations.varint((long) lengthBytes << PackedMessage.KIND_BITS | kind);
    }

    /** The literals so far; valid until more is written. */
    Slice literals() {
        return new Slice(literals.array(), 0, literals.length());
    }

    /**
     * The message.
     *
     * @param digest of the plain bytes; empty if there is no reference
     * @param body the literals, compressed or not
     */
    Slice finish(int plainBytes, Slice digest, boolean compressed, Slice body) {
        head.clear();
        head.put((digest.isEmpty() ? 0 : PackedMessage.FLAG_DIGEST) | (compressed ? PackedMessage.FLAG_COMPRESSED : 0));
        head.varint(plainBytes);
        head.put(digest.array(), digest.offset(), digest.length());
        byte[] message = new byte[head.length() + operations.length() + body.length()];
        System.arraycopy(head.array(), 0, message, 0, head.length());
        System.arraycopy(operations.array(), 0, message, head.length(), operations.length());
        System.arraycopy(body.array(), body.offset(), message, head.length() + operations.length(), body.length());
        return Slice.of(message);
    }
}
