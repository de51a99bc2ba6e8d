package io.culvert.gateway.relay.dedup;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;

/** What unpacking one message needs; for one thread at a time. */
final class UnpackingTools implements ToolShelf.Tool {

    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
    private final Fingerprinter fingerprinter = Fingerprinter.fastest();

    /** The digest of bytes that a message was packed from. */
    static void digest(Fingerprinter fingerprinter, byte[] bytes, int offset, int lengthBytes, byte[] to, int at) {
        byte[] whole = new byte[Fingerprint.LENGTH_BYTES];
        fingerprinter.of(bytes, offset, lengthBytes).write(whole, 0);
        System.arraycopy(whole, 0, to, at, PackedMessage.DIGEST_BYTES);
    }

    Slice digest(byte[] bytes) {
        byte[] digest = new byte[PackedMessage.DIGEST_BYTES];
        digest(fingerprinter, bytes, 0, bytes.length, digest, 0);
        return Slice.of(digest);
    }

    /** The bytes of a frame, which must be as many as expected; nothing is allocated for one that says otherwise. */
    Slice decompress(Slice frame, int expectedBytes) throws DamagedHistoryException {
        byte[] from = frame.array();
        try {
            if (frame.isEmpty() || Zstd.getFrameContentSize(from, frame.offset(), frame.length()) != expectedBytes) {
                throw new DamagedHistoryException(
                        "the literals of a packed message are no zstd frame of " + expectedBytes + " bytes");
            }
            long length = Zstd.findFrameCompressedSize(from, frame.offset(), frame.length());
            byte[] literals = new byte[expectedBytes];
            int size = zstd.decompressByteArray(literals, 0, expectedBytes, from, frame.offset(), frame.length());
            if (length != frame.length() || size != expectedBytes) {
                throw new DamagedHistoryException("the literals of a packed message are a frame of " + length
                        + " bytes in " + frame.length() + ", with " + size + " of " + expectedBytes);
            }
            return Slice.of(literals);
        } catch (ZstdException e) {
            throw new DamagedHistoryException(
                    "the literals of a packed message cannot be decompressed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        zstd.close();
    }
}
