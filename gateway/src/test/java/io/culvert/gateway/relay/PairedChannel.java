package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.ChannelListener;
import io.culvert.gateway.stream.ChannelResetException;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.ResetCode;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One end of a channel in memory, without credit. */
final class PairedChannel implements Channel {

    private sealed interface Item {
        record Message(Slice bytes) implements Item {}

        record Finish() implements Item {}

        record Reset(ResetCode code, String reason, boolean byPeer) implements Item {}
    }

    private final BlockingQueue<Item> came = new LinkedBlockingQueue<>();
    private @Nullable PairedChannel other;
    private volatile Item.@Nullable Reset reset;
    private volatile boolean finished;

    /** Two ends. */
    static PairedChannel[] pair() {
        PairedChannel one = new PairedChannel();
        PairedChannel two = new PairedChannel();
        one.other = two;
        two.other = one;
        return new PairedChannel[] {one, two};
    }

    private PairedChannel peerEnd() {
        return Objects.requireNonNull(other);
    }

    @Override
    public String peer() {
        return "busan";
    }

    @Override
    public ChannelKind kind() {
        return ChannelKind.RELAY;
    }

    @Override
    public long id() {
        return 1;
    }

    private void check() throws ChannelResetException {
        Item.Reset ended = reset;
        if (ended != null) {
            throw new ChannelResetException(peer(), ended.code(), ended.reason(), ended.byPeer());
        }
    }

    @Override
    public void send(Slice message) throws StreamException {
        send(message, Slice.empty());
    }

    @Override
    public void send(Slice head, Slice body) throws StreamException {
        check();
        if (finished) {
            throw new IllegalStateException("the channel was finished");
        }
        byte[] message = new byte[head.length() + body.length()];
        System.arraycopy(head.array(), head.offset(), message, 0, head.length());
        System.arraycopy(body.array(), body.offset(), message, head.length(), body.length());
        peerEnd().came.add(new Item.Message(Slice.of(message)));
    }

    @Override
    public void sendUrgent(Slice message) throws StreamException {
        send(message);
    }

    @Override
    public Optional<Slice> receive() throws StreamException, InterruptedException {
        return take().map(Received::bytes);
    }

    @Override
    public Optional<Slice> receive(Duration timeout) throws StreamException, InterruptedException, TimeoutException {
        Item item = came.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
        if (item == null) {
            throw new TimeoutException();
        }
        return taken(item).map(Received::bytes);
    }

    @Override
    public Optional<Received> take() throws StreamException, InterruptedException {
        return taken(came.take());
    }

    private Optional<Received> taken(Item item) throws ChannelResetException {
        return switch (item) {
            case Item.Message message ->
                Optional.of(new Received() {
                    @Override
                    public Slice bytes() {
                        return message.bytes();
                    }

                    @Override
                    public void consumed() {}
                });
            case Item.Finish end -> Optional.empty();
            case Item.Reset ended ->
                throw new ChannelResetException(peer(), ended.code(), ended.reason(), ended.byPeer());
        };
    }

    @Override
    public void listen(ChannelListener listener) {
        throw new UnsupportedOperationException("messages are taken from this one");
    }

    @Override
    public boolean hasRoom(boolean urgent) {
        return true;
    }

    @Override
    public void offer(Slice message, boolean urgent) {
        throw new UnsupportedOperationException("messages are sent in this one");
    }

    @Override
    public void flush() {}

    @Override
    public void recycle(Slice message) {}

    @Override
    public void finish() {
        if (!finished) {
            finished = true;
            peerEnd().came.add(new Item.Finish());
        }
    }

    @Override
    public void reset(ResetCode code, String reason) {
        if (reset == null) {
            reset = new Item.Reset(code, reason, false);
            came.add(new Item.Reset(code, reason, false));
            Item.Reset told = new Item.Reset(code, reason, true);
            peerEnd().reset = told;
            peerEnd().came.add(told);
        }
    }

    @Override
    public long unsentBytes() {
        return 0;
    }

    @Override
    public void close() {
        if (!finished) {
            reset(ResetCode.CANCELLED, "closed before its end");
        }
    }
}
