package io.culvert.proto.channel;

import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.ProtocolCode;
import io.culvert.proto.frame.ProtocolException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which channels are open, and which ids were used before: an id is used once in the life of a stream. */
final class Roster {

    private final Side side;
    private final Map<Long, MuxChannel> channels = new HashMap<>();
    private long nextOwnId;
    private long highestPeerId;
    private int ownOpen;
    private int peerOpen;

    Roster(Side side) {
        this.side = side;
        this.nextOwnId = side.firstId();
    }

    int ownOpen() {
        return ownOpen;
    }

    int open() {
        return channels.size();
    }

    /** The next id of the own side. */
    long takeOwnId() {
        long id = nextOwnId;
        nextOwnId += 2;
        return id;
    }

    /** Checks that the peer may open a channel under this id now. */
    void checkPeerId(long id, int maxChannels) throws ProtocolException {
        if (!side.other().owns(id)) {
            throw new ProtocolException(ProtocolCode.WRONG_PARITY, "channel " + id + " opened by the " + side.other());
        }
        if (id <= highestPeerId) {
            throw new ProtocolException(
                    ProtocolCode.REUSED_CHANNEL, "channel " + id + " opened after " + highestPeerId);
        }
        if (peerOpen >= maxChannels) {
            throw new ProtocolException(ProtocolCode.TOO_MANY_CHANNELS, "channel " + id + " beyond " + maxChannels);
        }
    }

    void add(MuxChannel channel) {
        channels.put(channel.id, channel);
        if (side.owns(channel.id)) {
            ownOpen++;
        } else {
            peerOpen++;
            highestPeerId = channel.id;
        }
    }

    @Nullable
    MuxChannel get(long id) {
        return channels.get(id);
    }

    /** The channel of a frame that only an open channel may get. */
    MuxChannel open(Frame frame) throws ProtocolException {
        MuxChannel channel = channels.get(frame.channel());
        if (channel == null) {
            throw unknown(frame);
        }
        return channel;
    }

    /** The channel of a frame that may cross the channel's end: null if it was there once. */
    @Nullable
    MuxChannel openOrGone(Frame frame) throws ProtocolException {
        long id = frame.channel();
        MuxChannel channel = channels.get(id);
        boolean was = side.owns(id) ? id < nextOwnId : id > 0 && id <= highestPeerId;
        if (channel == null && !was) {
            throw unknown(frame);
        }
        return channel;
    }

    private static ProtocolException unknown(Frame frame) {
        return new ProtocolException(ProtocolCode.UNKNOWN_CHANNEL, frame.kind() + " for channel " + frame.channel());
    }

    void removeIfGone(MuxChannel channel) {
        if (channel.gone() && channels.remove(channel.id) != null) {
            channel.in.release();
            if (side.owns(channel.id)) {
                ownOpen--;
            } else {
                peerOpen--;
            }
        }
    }

    void clear() {
        channels.values().forEach(channel -> channel.in.release());
        channels.clear();
    }
}
