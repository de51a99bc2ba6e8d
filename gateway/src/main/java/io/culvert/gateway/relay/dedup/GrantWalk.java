package io.culvert.gateway.relay.dedup;

import java.util.List;

/** Gives the fresh parts of a message their places, in order; adjacent places count as one. */
final class GrantWalk {

    private final List<Grant> grants;
    private int next;

    /** Of the grant at {@code next}, given away already. */
    private int usedBytes;

    GrantWalk(List<Grant> grants) {
        this.grants = grants;
    }

    void write(MessageWriter writer, byte[] data, Part.Fresh fresh) {
        int from = fresh.from();
        int left = fresh.lengthBytes();
        while (left > 0) {
            long position = grants.get(next).position() + usedBytes;
            int length = take(left);
            while (length < left && grants.get(next).position() == position + length) {
                length += take(left - length);
            }
            writer.stored(data, from, length, position);
            from += length;
            left -= length;
        }
    }

    private int take(int most) {
        Grant grant = grants.get(next);
        int taken = Math.min(most, grant.lengthBytes() - usedBytes);
        usedBytes += taken;
        if (usedBytes == grant.lengthBytes()) {
            next++;
            usedBytes = 0;
        }
        return taken;
    }
}
