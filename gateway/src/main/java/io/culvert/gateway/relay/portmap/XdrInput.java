package io.culvert.gateway.relay.portmap;

import io.culvert.dedupe.chunk.Slice;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads XDR (RFC 4506) from bytes that may come from anyone: no length is believed before it is compared with what is there. */
final class XdrInput {

    private final ByteBuffer in;

    XdrInput(Slice bytes) {
        this.in = ByteBuffer.wrap(bytes.array(), bytes.offset(), bytes.length());
    }

    /** An unsigned integer of 32 bits. */
    long uint() throws MalformedXdrException {
        if (in.remaining() < Integer.BYTES) {
            throw new MalformedXdrException("ends after " + in.remaining() + " of 4 bytes");
        }
        return Integer.toUnsignedLong(in.getInt());
    }

    /** Opaque data of a variable length, at most so long; its padding is skipped, whatever it is. */
    byte[] opaque(int maxBytes) throws MalformedXdrException {
        long length = uint();
        if (length > maxBytes) {
            throw new MalformedXdrException("has " + length + " bytes, at most " + maxBytes);
        }
        int padded = Math.ceilDiv((int) length, Integer.BYTES) * Integer.BYTES;
        if (padded > in.remaining()) {
            throw new MalformedXdrException("ends after " + in.remaining() + " of " + padded + " bytes");
        }
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        in.position(in.position() + padded - bytes.length);
        return bytes;
    }

    /** A string, its bytes as ISO-8859-1, so that none is lost. */
    String string(int maxBytes) throws MalformedXdrException {
        return new String(opaque(maxBytes), StandardCharsets.ISO_8859_1);
    }

    /** What is left. */
    Slice rest() {
        return new Slice(in.array(), in.arrayOffset() + in.position(), in.remaining());
    }
}
