package io.culvert.gateway.checkpoint;

import java.util.UUID;

/**
 * An ownership as etcd keeps it: the body of a {@link Sealed#OWNER}.
 *
 * <pre>
 *   text gateway    text process    12 since    16 operation
 * </pre>
 *
 * @param operation the unique id of the claim, by which its outcome can be read back
 */
record EtcdOwner(Owner owner, UUID operation) {
    byte[] encode() {
        return Sealed.OWNER.seal(out -> {
            out.writeUTF(owner.gateway());
            out.writeUTF(owner.process());
            Sealed.writeInstant(out, owner.since());
            out.writeLong(operation.getMostSignificantBits());
            out.writeLong(operation.getLeastSignificantBits());
        });
    }

    static EtcdOwner decode(String jobId, byte[] sealed) throws CorruptCheckpointException {
        return Sealed.OWNER.open(
                "job " + jobId,
                sealed,
                in -> new EtcdOwner(
                        new Owner(in.readUTF(), in.readUTF(), Sealed.readInstant(in)),
                        new UUID(in.readLong(), in.readLong())));
    }
}
