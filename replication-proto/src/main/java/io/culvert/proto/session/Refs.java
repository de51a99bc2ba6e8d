package io.culvert.proto.session;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprint;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Chunk names as they travel: 36 bytes each, the fingerprint and a big-endian length. */
public final class Refs {

    private Refs() {}

    public static ByteString pack(List<ChunkRef> refs) {
        byte[] packed = new byte[refs.size() * ChunkRef.ENCODED_BYTES];
        int at = 0;
        for (ChunkRef ref : refs) {
            ref.fingerprint().write(packed, at);
            for (int i = 0; i < 4; i++) {
                packed[at + Fingerprint.LENGTH_BYTES + i] = (byte) (ref.lengthBytes() >>> (24 - 8 * i));
            }
            at += ChunkRef.ENCODED_BYTES;
        }
        return UnsafeByteOperations.unsafeWrap(packed);
    }

    /**
     * Reads at most {@code most} names.
     *
     * @throws SessionException if there are more, a length is out of range, or bytes are left over
     */
    public static List<ChunkRef> unpack(ByteString packed, int most) throws SessionException {
        int count = packed.size() / ChunkRef.ENCODED_BYTES;
        if (packed.size() % ChunkRef.ENCODED_BYTES != 0 || count > most) {
            throw SessionException.protocol(
                    packed.size() + " bytes of chunk names; at most " + most + " of 36 bytes are allowed");
        }
        byte[] bytes = packed.toByteArray();
        List<ChunkRef> refs = new ArrayList<>(count);
        for (int at = 0; at < bytes.length; at += ChunkRef.ENCODED_BYTES) {
            int length = 0;
            for (int i = 0; i < 4; i++) {
                length = length << 8 | (bytes[at + Fingerprint.LENGTH_BYTES + i] & 0xff);
            }
            if (length < 1 || length > ChunkRef.MAX_LENGTH_BYTES) {
                throw SessionException.protocol("a chunk of " + length + " bytes");
            }
            refs.add(new ChunkRef(Fingerprint.read(bytes, at), length));
        }
        return refs;
    }

    /** One name. */
    public static ChunkRef unpackOne(ByteString packed) throws SessionException {
        List<ChunkRef> refs = unpack(packed, 1);
        if (refs.size() != 1) {
            throw SessionException.protocol("one chunk name was expected");
        }
        return refs.getFirst();
    }

    static ByteString bitmap(BitSet bits) {
        return UnsafeByteOperations.unsafeWrap(bits.toByteArray());
    }

    static BitSet bitmap(ByteString bytes, int count) throws SessionException {
        if (bytes.size() > (count + 7) / 8) {
            throw SessionException.protocol("a bitmap of " + bytes.size() + " bytes for " + count + " chunks");
        }
        BitSet bits = BitSet.valueOf(bytes.toByteArray());
        if (bits.length() > count) {
            throw SessionException.protocol("a bitmap with a bit beyond its " + count + " chunks");
        }
        return bits;
    }
}
