package io.culvert.gateway.checkpoint;

import io.etcd.jetcd.api.KeyValue;

/**
 * Whose prefix this is, and which life of the store: the body of a {@link Sealed#SITE}.
 *
 * <pre>
 *   text site    8 epoch    8 id of the cluster, if any
 * </pre>
 *
 * @param clusterId in which the epoch began, 0 if that was not noted. Where another one answers with this record it was restored
 *     from a backup: also for a gateway that remembers nothing, the epoch is over
 */
record EtcdSite(String site, long epoch, long clusterId) {
    byte[] encode() {
        return Sealed.SITE.seal(out -> {
            out.writeUTF(site);
            out.writeLong(epoch);
            out.writeLong(clusterId);
        });
    }

    /** The record and the revision that it was written at. */
    record Stored(EtcdSite site, long modRevision) {}

    static Stored decode(String prefix, KeyValue found) throws CorruptCheckpointException {
        byte[] sealed = found.getValue().toByteArray();
        return new Stored(
                Sealed.SITE.open(
                        "prefix " + prefix,
                        sealed,
                        in -> new EtcdSite(in.readUTF(), in.readLong(), in.available() > 0 ? in.readLong() : 0)),
                found.getModRevision());
    }
}
