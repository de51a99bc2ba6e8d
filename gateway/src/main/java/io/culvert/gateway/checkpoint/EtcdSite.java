package io.culvert.gateway.checkpoint;

import io.etcd.jetcd.api.KeyValue;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whose prefix this is, which life of the store, and whether it may be worked with: the body of a {@link Sealed#SITE}.
 *
 * <pre>
 *   text site    8 epoch    n a {@link StoreMark}       (only if there is one)
 * </pre>
 *
 * A mark stands here because every claim reads this record in its own transaction.
 */
record EtcdSite(String site, long epoch, @Nullable StoreMark mark) {

    EtcdSite(String site, long epoch) {
        this(site, epoch, null);
    }

    Optional<StoreMark> marked() {
        return Optional.ofNullable(mark);
    }

    byte[] encode() {
        return Sealed.SITE.seal(out -> {
            out.writeUTF(site);
            out.writeLong(epoch);
            if (mark != null) {
                mark.write(out);
            }
        });
    }

    /** The record and the revision that it was written at. */
    record Stored(EtcdSite site, long modRevision) {}

    static Stored decode(String prefix, KeyValue found) throws CorruptCheckpointException {
        byte[] sealed = found.getValue().toByteArray();
        return new Stored(Sealed.SITE.open("prefix " + prefix, sealed, EtcdSite::read), found.getModRevision());
    }

    private static EtcdSite read(DataInputStream in) throws IOException {
        String site = in.readUTF();
        long epoch = in.readLong();
        return new EtcdSite(site, epoch, in.available() == 0 ? null : StoreMark.read(in));
    }
}
