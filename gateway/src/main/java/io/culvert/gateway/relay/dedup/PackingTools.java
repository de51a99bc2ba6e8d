package io.culvert.gateway.relay.dedup;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import java.util.ArrayList;
import java.util.List;

/** What packing one message needs, some 1 MiB and a compression context; for one thread at a time. */
final class PackingTools implements ToolShelf.Tool {

    /** Anchors hashed together: enough to share the vector unit's lanes, few enough to waste little when the first one repeats. */
    static final int BATCH = 8;

    private static final int COMPARED_BYTES = 64 << 10;
    private static final int LEVEL = 1;

    /** What is read of the history. */
    final byte[] history = new byte[COMPARED_BYTES];

    final List<Slice> anchors = new ArrayList<>(BATCH);
    final MessageWriter writer = new MessageWriter();

    private final byte[] work = new byte[PackedMessage.MAX_PLAIN_BYTES + PayloadMatcher.TAIL_BYTES];
    private final byte[] compressed = new byte[(int) Zstd.compressBound(PackedMessage.MAX_PLAIN_BYTES)];
    private final byte[] digest = new byte[PackedMessage.DIGEST_BYTES];
    private final Fingerprint[] fingerprints = new Fingerprint[BATCH];
    private final long[] hashes = new long[BATCH];
    private final Fingerprinter fingerprinter = Fingerprinter.fastest();
    private final ZstdCompressCtx zstd = new ZstdCompressCtx();

    PackingTools() {
        zstd.setLevel(LEVEL).setContentSize(true).setChecksum(false).setDictID(false);
    }

    long hash(byte[] data, int offset, int lengthBytes) {
        return fingerprinter.of(data, offset, lengthBytes).w0();
    }

    /** Hashes of up to {@link #BATCH} anchors; valid until the next call. */
    long[] hash(List<Slice> inputs) {
        fingerprinter.of(inputs, fingerprints);
        for (int i = 0; i < inputs.size(); i++) {
            hashes[i] = fingerprints[i].w0();
        }
        return hashes;
    }

    /** The digest of a message's plain bytes; valid until the next call. */
    Slice digest(Slice plain) {
        UnpackingTools.digest(fingerprinter, plain.array(), plain.offset(), plain.length(), digest, 0);
        return Slice.of(digest);
    }

    /** Two pieces together; valid until the next call. */
    byte[] work(byte[] first, int firstBytes, byte[] second, int secondOffset, int secondBytes) {
        System.arraycopy(first, 0, work, 0, firstBytes);
        System.arraycopy(second, secondOffset, work, firstBytes, secondBytes);
        return work;
    }

    /** All fresh bytes of a message together; valid until the next call. */
    byte[] gather(byte[] data, Draft draft) {
        int at = 0;
        for (Part part : draft.parts()) {
            if (part instanceof Part.Fresh fresh) {
                System.arraycopy(data, fresh.from(), work, at, fresh.lengthBytes());
                at += fresh.lengthBytes();
            }
        }
        return work;
    }

    /** A frame of the literals; valid until the next call. */
    Slice compress(Slice literals) {
        int size = zstd.compressByteArray(
                compressed, 0, compressed.length, literals.array(), literals.offset(), literals.length());
        return new Slice(compressed, 0, size);
    }

    @Override
    public void close() {
        zstd.close();
    }
}
