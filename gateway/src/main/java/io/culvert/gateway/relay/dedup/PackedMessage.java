package io.culvert.gateway.relay.dedup;

/**
 * The format of a packed message. Integers are unsigned LEB128 of at most 64 bits ("varint"); "signed" ones are zigzag.
 *
 * <pre>
 * message    := flags plainBytes [digest] operation... literals
 * flags      := 1 byte: bit 0 a digest follows, bit 1 the literals are compressed; the others are 0
 * plainBytes := varint, 1..262144: the bytes that this unpacks to
 * digest     := the first 16 bytes of BLAKE3 of the plain bytes; there if any operation is a reference
 * operation  := varint lengthBytes * 8 + kind, and then for kind
 *     0 header     nothing                            takes lengthBytes from the literals; both sides remember headers of up to
 *                                                     1024 bytes, the last in each of 16 slots (lengthBytes / 4 mod 16)
 *     1 change     bitmap, a bit for each 4 bytes     a header as the one that is remembered of this same length, but with
 *                  of the header, bit 0 first         the 4 bytes (the last ones may be fewer) taken from the literals where
 *                                                     a bit is set; remembered as well
 *     2 literal    nothing                            takes lengthBytes from the literals
 *     3 stored     signed varint: position minus the  the same, and stores them in the history at the position
 *                  end of the last one stored
 *     4 reference  signed varint: position minus the  lengthBytes of the history from the position on
 *                  end of the last reference
 * literals   := the bytes taken, in order, or one zstd frame (RFC 8878) of them that states their length
 * </pre>
 *
 * <p>The operations end where their lengths add up to {@code plainBytes}. Ends and remembered headers live as long as the channel
 * and begin as 0 and empty; messages that were not packed do not touch them.
 */
final class PackedMessage {

    /** The longest message that is packed or unpacked. */
    static final int MAX_PLAIN_BYTES = 256 << 10;

    /** By how much packing may lengthen a message; what would grow more is sent as it is. */
    static final int MAX_GROWTH_BYTES = 64;

    static final int DIGEST_BYTES = 16;

    static final int FLAG_DIGEST = 1;
    static final int FLAG_COMPRESSED = 2;

    static final int KIND_BITS = 3;
    static final int HEADER = 0;
    static final int CHANGE = 1;
    static final int LITERAL = 2;
    static final int STORED = 3;
    static final int REFERENCE = 4;

    /** No position in a message is higher, so that sums do not overflow. */
    static final long MAX_POSITION = Long.MAX_VALUE / 2;

    private PackedMessage() {}
}
