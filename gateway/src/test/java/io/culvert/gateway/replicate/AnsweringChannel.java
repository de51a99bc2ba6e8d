package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.ChannelListener;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.ResetCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A channel to a peer that takes everything and answers as it is told; or never, until it is ended here. */
final class AnsweringChannel implements Channel {

    /** What {@link #receive()} does. */
    interface Answer {
        Optional<Slice> receive() throws StreamException, InterruptedException;
    }

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Answer answer;

    AnsweringChannel(Answer answer) {
        this.answer = answer;
    }

    /** One that never answers. */
    AnsweringChannel() {
        this.answer = () -> {
            ended.await();
            return Optional.empty();
        };
    }

    @Override
    public String peer() {
        return "far";
    }

    @Override
    public ChannelKind kind() {
        return ChannelKind.REPLICATION;
    }

    @Override
    public long id() {
        return 1;
    }

    @Override
    public void send(Slice message) {}

    @Override
    public void send(Slice head, Slice body) {}

    @Override
    public void sendUrgent(Slice message) {}

    @Override
    public Optional<Slice> receive() throws StreamException, InterruptedException {
        return answer.receive();
    }

    @Override
    public Optional<Slice> receive(Duration timeout) throws InterruptedException, TimeoutException {
        if (!ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException("nothing came from " + peer() + " within " + timeout);
        }
        return Optional.empty();
    }

    @Override
    public Optional<Received> take() throws InterruptedException {
        ended.await();
        return Optional.empty();
    }

    @Override
    public void listen(ChannelListener listener) {
        throw new UnsupportedOperationException("nobody listens in replication");
    }

    @Override
    public boolean hasRoom(boolean urgent) {
        return true;
    }

    @Override
    public void offer(Slice message, boolean urgent) {
        throw new UnsupportedOperationException("nobody offers in replication");
    }

    @Override
    public void flush() {}

    @Override
    public void recycle(Slice message) {}

    @Override
    public void finish() {}

    @Override
    public void reset(ResetCode code, String reason) {
        ended.countDown();
    }

    @Override
    public long unsentBytes() {
        return 0;
    }

    @Override
    public void close() {
        ended.countDown();
    }
}
