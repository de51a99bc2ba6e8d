package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.ChannelListener;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.ResetCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** A channel in which calls throw what they never should, before or behind what they do. Its end is without fault. */
record FaultyChannel(Channel channel, Faults faults) implements Channel {

    /** Decides whether to throw, at each call. */
    interface Faults {
        void maybe();
    }

    private record FaultyReceived(Received received, Faults faults) implements Received {

        @Override
        public Slice bytes() {
            faults.maybe();
            return received.bytes();
        }

        @Override
        public void consumed() {
            faults.maybe();
            received.consumed();
            faults.maybe();
        }
    }

    private record Hearing(ChannelListener listener, Faults faults) implements ChannelListener {

        @Override
        public void came(Received message) {
            listener.came(new FaultyReceived(message, faults));
        }

        @Override
        public void finished() {
            listener.finished();
        }

        @Override
        public void ended(StreamException why) {
            listener.ended(why);
        }

        @Override
        public void room() {
            listener.room();
        }
    }

    @Override
    public void listen(ChannelListener listener) {
        channel.listen(new Hearing(listener, faults));
    }

    @Override
    public boolean hasRoom(boolean urgent) {
        faults.maybe();
        return channel.hasRoom(urgent);
    }

    @Override
    public void offer(Slice message, boolean urgent) {
        faults.maybe();
        channel.offer(message, urgent);
        faults.maybe();
    }

    @Override
    public void flush() {
        channel.flush();
        faults.maybe();
    }

    @Override
    public void recycle(Slice message) {
        faults.maybe();
        channel.recycle(message);
    }

    // ---- as they are

    @Override
    public String peer() {
        return channel.peer();
    }

    @Override
    public ChannelKind kind() {
        return channel.kind();
    }

    @Override
    public long id() {
        return channel.id();
    }

    @Override
    public void send(Slice message) throws StreamException, InterruptedException {
        channel.send(message);
    }

    @Override
    public void send(Slice head, Slice body) throws StreamException, InterruptedException {
        channel.send(head, body);
    }

    @Override
    public void sendUrgent(Slice message) throws StreamException, InterruptedException {
        channel.sendUrgent(message);
    }

    @Override
    public Optional<Slice> receive() throws StreamException, InterruptedException {
        return channel.receive();
    }

    @Override
    public Optional<Received> take() throws StreamException, InterruptedException {
        return channel.take();
    }

    @Override
    public Optional<Slice> receive(Duration timeout) throws StreamException, InterruptedException, TimeoutException {
        return channel.receive(timeout);
    }

    @Override
    public void finish() {
        channel.finish();
    }

    @Override
    public void reset(ResetCode code, String reason) {
        channel.reset(code, reason);
    }

    @Override
    public long unsentBytes() {
        return channel.unsentBytes();
    }

    @Override
    public void close() {
        channel.close();
    }
}
