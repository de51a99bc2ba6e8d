package io.culvert.gateway.relay;

import io.culvert.gateway.relay.dedup.FlowPacker;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.ChannelListener;
import io.culvert.gateway.stream.ChannelResetException;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.flow.FlowMessage;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** One channel that carries a {@link Flow}, for as long as it does. What is not final is guarded by the flow's lock. */
final class Carrying implements ChannelListener {

    final Channel channel;
    final Optional<Histories.Unpacking> unpacking;
    boolean connected;

    @Nullable
    FlowPacker packer;

    private final Flow flow;
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean finishedHere;
    private boolean finishedByPeer;

    Carrying(Flow flow, Channel channel, Optional<Histories.Unpacking> unpacking) {
        this.flow = flow;
        this.channel = channel;
        this.unpacking = unpacking;
    }

    /** What this side keeps of what comes. */
    FlowMessage.History history() {
        return unpacking.map(Histories.Unpacking::history).orElse(FlowMessage.History.NONE);
    }

    /** Waits until this channel carries it no more, and both sides have said so. */
    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Nobody waits for the channel's end any more, and what was packed in it and not acknowledged is void. */
    void over() {
        closePacker();
        ended.countDown();
    }

    void closePacker() {
        flow.lock().lock();
        try {
            if (packer != null) {
                packer.close();
            }
        } finally {
            flow.lock().unlock();
        }
    }

    @Override
    public void came(Channel.Received message) {
        flow.ending().whole(() -> flow.intake().take(this, message));
    }

    @Override
    public void finished() {
        flow.ending().whole(this::finishedWhole);
    }

    private void finishedWhole() {
        boolean early;
        boolean settled;
        flow.lock().lock();
        try {
            finishedByPeer = true;
            early = flow.isCarriedBy(this) && !flow.end().isOver();
            settled = finishedHere;
            if (finishedHere || !flow.isCarriedBy(this)) {
                over();
            }
        } finally {
            flow.lock().unlock();
        }
        if (settled) {
            flow.ending().settled();
        }
        if (early) {
            flow.abort("the far gateway ended the channel in the middle of the connection");
        }
    }

    /** All was said. */
    void finish() {
        boolean settled;
        flow.lock().lock();
        try {
            finishedHere = true;
            channel.finish();
            closePacker();
            settled = finishedByPeer;
            if (settled) {
                over();
            }
        } finally {
            flow.lock().unlock();
        }
        if (settled) {
            flow.ending().settled();
        }
    }

    @Override
    public void ended(StreamException why) {
        over();
        if (why instanceof ChannelResetException reset) {
            flow.resetByPeer(this, reset.reason());
        } else {
            flow.lost(this);
        }
    }

    @Override
    public void room() {
        flow.ending().whole(flow::go);
    }
}
