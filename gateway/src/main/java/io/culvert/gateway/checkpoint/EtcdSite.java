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
 *   text site    8 epoch    8 id of the cluster    n a {@link StoreMark}       (the last only if there is one)
 * </pre>
 *
 * A mark stands here because every claim reads this record in its own transaction.
 *
 * @param clusterId in which the epoch began, 0 if that was not noted. Where another one answers with this record it was restored
 *     from a backup: also for a gateway that remembers nothing, the epoch is over
 */
record EtcdSite(
        String site, long epoch, long clusterId, @Nullable StoreMark mark) {

    EtcdSite(String site, long epoch, long clusterId) {
        this(site, epoch, clusterId, null);
    }

    Optional<StoreMark> marked() {
        return Optional.ofNullable(mark);
    }

    byte[] encode() {
        return Sealed.SITE.seal(out -> {
            out.writeUTF(site);
            out.writeLong(epoch);
            out.writeLong(clusterId);
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
        long clusterId = in.available() == 0 ? 0 : in.readLong();
        return new EtcdSite(site, epoch, clusterId, in.available() == 0 ? null : StoreMark.read(in));
    }
}
