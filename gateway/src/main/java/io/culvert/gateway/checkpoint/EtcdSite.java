package io.culvert.gateway.checkpoint;

import io.etcd.jetcd.api.KeyValue;

/**
 * Whose prefix this is, and which life of the store: the body of a {@link Sealed#SITE}.
 *
 * <pre>
 *   text site    8 epoch
 * </pre>
 */
record EtcdSite(String site, long epoch) {
    byte[] encode() {
        return Sealed.SITE.seal(out -> {
            out.writeUTF(site);
            out.writeLong(epoch);
        });
    }

    /** The record and the revision that it was written at. */
    record Stored(EtcdSite site, long modRevision) {}

    static Stored decode(String prefix, KeyValue found) throws CorruptCheckpointException {
        byte[] sealed = found.getValue().toByteArray();
        return new Stored(
                Sealed.SITE.open("prefix " + prefix, sealed, in -> new EtcdSite(in.readUTF(), in.readLong())),
                found.getModRevision());
    }
}
