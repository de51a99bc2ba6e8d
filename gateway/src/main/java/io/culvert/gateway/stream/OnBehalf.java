package io.culvert.gateway.stream;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.ResetCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** A channel with a peer that another gateway of this site passes on, because it has the stream. */
final class OnBehalf implements Channel {

    private final Channel through;
    private final String peer;

    OnBehalf(Channel through, String peer) {
        this.through = through;
        this.peer = peer;
    }

    @Override
    public String peer() {
        return peer;
    }

    @Override
    public boolean isPassedOn() {
        return true;
    }

    @Override
    public ChannelKind kind() {
        return through.kind();
    }

    @Override
    public long id() {
        return through.id();
    }

    @Override
    public void send(Slice message) throws StreamException, InterruptedException {
        through.send(message);
    }

    @Override
    public void send(Slice head, Slice body) throws StreamException, InterruptedException {
        through.send(head, body);
    }

    @Override
    public void sendUrgent(Slice message) throws StreamException, InterruptedException {
        through.sendUrgent(message);
    }

    @Override
    public Optional<Slice> receive() throws StreamException, InterruptedException {
        return through.receive();
    }

    @Override
    public Optional<Received> take() throws StreamException, InterruptedException {
        return through.take();
    }

    @Override
    public Optional<Slice> receive(Duration timeout) throws StreamException, InterruptedException, TimeoutException {
        return through.receive(timeout);
    }

    @Override
    public void listen(ChannelListener listener) {
        through.listen(listener);
    }

    @Override
    public boolean hasRoom(boolean urgent) {
        return through.hasRoom(urgent);
    }

    @Override
    public void offer(Slice message, boolean urgent) {
        through.offer(message, urgent);
    }

    @Override
    public void flush() {
        through.flush();
    }

    @Override
    public void recycle(Slice message) {
        through.recycle(message);
    }

    @Override
    public void finish() {
        through.finish();
    }

    @Override
    public void reset(ResetCode code, String reason) {
        through.reset(code, reason);
    }

    @Override
    public long unsentBytes() {
        return through.unsentBytes();
    }

    @Override
    public void close() {
        through.close();
    }
}
