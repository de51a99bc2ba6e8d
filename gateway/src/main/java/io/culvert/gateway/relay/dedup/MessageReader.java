package io.culvert.gateway.relay.dedup;

import io.culvert.dedupe.chunk.Slice;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a packed message that may come from anyone; checks every length and position before anything is allocated for it. What it
 * allocates itself is in proportion to the message.
 */
final class MessageReader {

    /**
     * A message, taken apart.
     *
     * @param digest 16 bytes; empty if there is none
     * @param literals compressed or not, as the message has them
     * @param literalBytes what they have, or must unpack to
     */
    record Parsed(
            int plainBytes,
            Slice digest,
            boolean compressed,
            List<Operation> operations,
            Slice literals,
            int literalBytes) {}

    private static final int MAX_VARINT_BITS = 64;

    private final Slice message;

    private int at;
    private long storedEnd;
    private long referenceEnd;

    /** @param storedEnd where the channel's last stored bytes ended, and {@code referenceEnd} where its last reference */
    MessageReader(Slice message, long storedEnd, long referenceEnd) {
        this.message = message;
        this.storedEnd = storedEnd;
        this.referenceEnd = referenceEnd;
    }

    long storedEnd() {
        return storedEnd;
    }

    long referenceEnd() {
        return referenceEnd;
    }

    Parsed read() throws DamagedHistoryException {
        if (message.length() > PackedMessage.MAX_PLAIN_BYTES + PackedMessage.MAX_GROWTH_BYTES) {
            throw new DamagedHistoryException("a packed message has " + message.length() + " bytes");
        }
        int flags = next();
        if ((flags & ~(PackedMessage.FLAG_DIGEST | PackedMessage.FLAG_COMPRESSED)) != 0) {
            throw new DamagedHistoryException("a packed message has the flags " + flags);
        }
        int plainBytes = length(varint(), PackedMessage.MAX_PLAIN_BYTES);
        Slice digest = take((flags & PackedMessage.FLAG_DIGEST) == 0 ? 0 : PackedMessage.DIGEST_BYTES);
        boolean compressed = (flags & PackedMessage.FLAG_COMPRESSED) != 0;
        List<Operation> operations = new ArrayList<>();
        int literalBytes = 0;
        for (int left = plainBytes; left > 0; ) {
            Operation operation = operation(left);
            if (operation instanceof Operation.Reference && digest.isEmpty()) {
                throw new DamagedHistoryException("a packed message has references and no digest");
            }
            operations.add(operation);
            literalBytes += operation.literalBytes();
            left -= operation.lengthBytes();
        }
        Slice literals = message.slice(at, message.length() - at);
        if (!compressed && literals.length() != literalBytes) {
            throw new DamagedHistoryException("a packed message has " + literals.length()
                    + " bytes of literals, its operations take " + literalBytes);
        }
        return new Parsed(plainBytes, digest, compressed, operations, literals, literalBytes);
    }

    private Operation operation(int most) throws DamagedHistoryException {
        long word = varint();
        int lengthBytes = length(word >>> PackedMessage.KIND_BITS, most);
        int kind = (int) word & (1 << PackedMessage.KIND_BITS) - 1;
        return switch (kind) {
            case PackedMessage.HEADER -> new Operation.Header(lengthBytes);
            case PackedMessage.CHANGE ->
                new Operation.Change(
                        length(lengthBytes, HeaderTable.MAX_HEADER_BYTES), take(HeaderTable.bitmapBytes(lengthBytes)));
            case PackedMessage.LITERAL -> new Operation.Literal(lengthBytes);
            case PackedMessage.STORED -> {
                long position = position(storedEnd);
                storedEnd = position + lengthBytes;
                yield new Operation.Stored(lengthBytes, position);
            }
            case PackedMessage.REFERENCE -> {
                long position = position(referenceEnd);
                referenceEnd = position + lengthBytes;
                yield new Operation.Reference(lengthBytes, position);
            }
            default -> throw new DamagedHistoryException("a packed message has an operation of kind " + kind);
        };
    }

    private static int length(long value, int most) throws DamagedHistoryException {
        if (value < 1 || value > most) {
            throw new DamagedHistoryException(
                    "a length in a packed message must be within 1.." + most + ", is " + value);
        }
        return (int) value;
    }

    private long position(long origin) throws DamagedHistoryException {
        long zigzag = varint();
        long position = origin + (zigzag >>> 1 ^ -(zigzag & 1));
        if (position < 0 || position > PackedMessage.MAX_POSITION) {
            throw new DamagedHistoryException("a packed message names the position " + position);
        }
        return position;
    }

    private long varint() throws DamagedHistoryException {
        long value = 0;
        for (int shift = 0; shift < MAX_VARINT_BITS; shift += 7) {
            int next = next();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new DamagedHistoryException("a number in a packed message has more than 64 bits");
    }

    private int next() throws DamagedHistoryException {
        Slice one = take(1);
        return Byte.toUnsignedInt(one.array()[one.offset()]);
    }

    private Slice take(int count) throws DamagedHistoryException {
        if (count > message.length() - at) {
            throw new DamagedHistoryException("a packed message ends after " + message.length() + " bytes");
        }
        Slice taken = message.slice(at, count);
        at += count;
        return taken;
    }
}
