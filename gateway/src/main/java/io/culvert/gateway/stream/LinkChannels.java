package io.culvert.gateway.stream;

import io.culvert.proto.channel.Effect;
import io.culvert.proto.channel.Outgoing;
import io.culvert.proto.frame.Frame;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The channels of a {@link Link} by their ids: tells each what concerns it.
 *
 * <p>What concerns a channel that is over and forgotten here is dropped. The machine bounds how many there are. All
 * methods are called with the link's lock.
 */
final class LinkChannels {

    private final Map<Long, LinkChannel> channels = new HashMap<>();

    void addLocked(LinkChannel channel) {
        channels.put(channel.id(), channel);
    }

    void forgetLocked(LinkChannel channel) {
        channels.remove(channel.id());
    }

    @Nullable
    LinkChannel getLocked(long id) {
        return channels.get(id);
    }

    /** Each returns the channel if somebody listens to it, to be told without the lock. */
    @Nullable
    LinkChannel deliveredLocked(Effect.Delivered delivered) {
        return with(delivered.channel(), to -> to.deliveredLocked(delivered));
    }

    @Nullable
    LinkChannel finishedLocked(Effect.Finished finished) {
        return with(finished.channel(), LinkChannel::finishedLocked);
    }

    @Nullable
    LinkChannel resetLocked(Effect.Reset reset) {
        return with(reset.channel(), to -> to.resetLocked(reset.code(), reset.reason(), true));
    }

    /** A frame was handed to the transport; with a ticket, it was the last of a message. */
    void writtenLocked(Outgoing written) {
        Frame frame = written.frame();
        if (written.ticket() != 0) {
            with(frame.channel(), to -> to.writtenLocked(written.ticket(), frame.has(Frame.URGENT)));
        }
    }

    /** The stream is lost: everybody who waits in a channel looks again, and all are forgotten; returns those with a listener. */
    List<LinkChannel> loseLocked() {
        channels.values().forEach(LinkChannel::wakeLocked);
        List<LinkChannel> listened =
                channels.values().stream().filter(LinkChannel::isListenedLocked).toList();
        channels.clear();
        return listened;
    }

    private @Nullable LinkChannel with(long id, Consumer<LinkChannel> action) {
        LinkChannel channel = channels.get(id);
        if (channel == null) {
            return null;
        }
        action.accept(channel);
        return channel.isListenedLocked() ? channel : null;
    }
}
