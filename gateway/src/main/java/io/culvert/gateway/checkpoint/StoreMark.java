package io.culvert.gateway.checkpoint;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Why no gateway may work with a store: it was left for another one, or what another one holds has not wholly come over. {@link Migration}
 * sets and ends marks. Its bytes, within those of whatever keeps it:
 *
 * <pre>
 *   1 kind: 1 left, 2 coming    text id of the other store    text how people know it    8 epoch    12 at
 * </pre>
 *
 * @param other the id of the store at the other end
 * @param shown how people know that one
 * @param epoch what begins in the store that is moved to
 * @param at when it was set
 */
record StoreMark(Kind kind, String other, String shown, long epoch, Instant at) {

    /** Which end of a migration the store is. */
    enum Kind {
        /** All was moved elsewhere. */
        LEFT,
        /** Not all has come yet. */
        COMING
    }

    static final int MAX_TEXT_BYTES = 500;

    StoreMark {
        Names.require("store", other, MAX_TEXT_BYTES);
        Names.require("shown", shown, MAX_TEXT_BYTES);
    }

    /** The same store is at the other end. */
    boolean names(String id) {
        return other.equals(id);
    }

    void write(DataOutputStream out) throws IOException {
        out.writeByte(kind.ordinal() + 1);
        out.writeUTF(other);
        out.writeUTF(shown);
        out.writeLong(epoch);
        Sealed.writeInstant(out, at);
    }

    static StoreMark read(DataInputStream in) throws IOException {
        int kind = in.readUnsignedByte();
        if (kind < 1 || kind > Kind.values().length) {
            throw new IllegalArgumentException("mark must be 1 or 2, was " + kind);
        }
        return new StoreMark(
                Kind.values()[kind - 1], in.readUTF(), in.readUTF(), in.readLong(), Sealed.readInstant(in));
    }

    /** What a person reads who wants to work with the store. */
    String sentence(String store) {
        Instant seconds = at.truncatedTo(ChronoUnit.SECONDS);
        return switch (kind) {
            case LEFT ->
                "the checkpoints of this site are no longer in " + store + ": they were moved to " + shown + " at "
                        + seconds
                        + "; name that in the site file, or see \"culvert help etcd migrate\" for the way back";
            case COMING ->
                "the checkpoints of this site have not wholly come to " + store + " from " + shown + " since " + seconds
                        + "; run the same \"culvert etcd migrate\" again, which goes on";
        };
    }
}
