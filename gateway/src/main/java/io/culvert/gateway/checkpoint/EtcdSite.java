package io.culvert.gateway.checkpoint;

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

    static EtcdSite decode(String prefix, byte[] sealed) throws CorruptCheckpointException {
        return Sealed.SITE.open("prefix " + prefix, sealed, in -> new EtcdSite(in.readUTF(), in.readLong()));
    }
}
