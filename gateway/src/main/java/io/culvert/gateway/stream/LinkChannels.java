package io.culvert.gateway.stream;

import io.culvert.proto.channel.Effect;
import io.culvert.proto.channel.Outgoing;
import io.culvert.proto.frame.Frame;
import java.util.HashMap;
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

    void deliveredLocked(Effect.Delivered delivered) {
        with(delivered.channel(), to -> to.deliveredLocked(delivered));
    }

    void finishedLocked(Effect.Finished finished) {
        with(finished.channel(), LinkChannel::finishedLocked);
    }

    void resetLocked(Effect.Reset reset) {
        with(reset.channel(), to -> to.resetLocked(reset.code(), reset.reason(), true));
    }

    /** A frame was handed to the transport; with a ticket, it was the last of a message. */
    void writtenLocked(Outgoing written) {
        Frame frame = written.frame();
        if (written.ticket() != 0) {
            with(frame.channel(), to -> to.writtenLocked(written.ticket(), frame.has(Frame.URGENT)));
        }
    }

    /** The stream is lost: everybody who waits in a channel looks again, and all are forgotten. */
    void loseLocked() {
        channels.values().forEach(LinkChannel::wakeLocked);
        channels.clear();
    }

    private void with(long id, Consumer<LinkChannel> action) {
        LinkChannel channel = channels.get(id);
        if (channel != null) {
            action.accept(channel);
        }
    }
}
