package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.relay.dedup.FlowPacker;
import io.culvert.gateway.stream.FlowSocket;
import io.culvert.gateway.stream.SocketListener;
import io.culvert.proto.flow.FlowEnd;
import io.culvert.proto.flow.FlowMessage;

/**
 * The local socket of a {@link Flow}: what is read from it is kept until the far end has it, and nothing is read while too much is kept.
 * Guarded by the flow's lock.
 */
final class LocalEnd implements SocketListener {

    /**
     * The most bytes that are read at once: so many are still warm when they have been copied, sent and encrypted. A packed message of
     * them is no longer than a message may be.
     */
    static final int MAX_READ_BYTES = (64 << 10) - FlowMessage.HEAD_BYTES - FlowPacker.MAX_GROWTH_BYTES;

    /** While a channel carries it, no more is read ahead of what the channel takes: it waits better in the kernel, and is copied while warm. */
    private static final long BACKLOG_BYTES = 64 << 10;

    private final Flow flow;
    private final FlowSocket socket;
    private final RetainedBudget budget;
    private long keptBytes;

    LocalEnd(Flow flow, FlowSocket socket, RetainedBudget budget) {
        this.flow = flow;
        this.socket = socket;
        this.budget = budget;
    }

    void start() {
        socket.start(FlowMessage.HEAD_BYTES, MAX_READ_BYTES, this);
    }

    @Override
    public void came(byte[] array, int lengthBytes) {
        flow.ending().whole(() -> take(array, lengthBytes));
    }

    private void take(byte[] array, int lengthBytes) {
        flow.lock().lock();
        try {
            if (flow.ending().isOverLocked() || flow.end().hasEnded()) {
                return;
            }
            flow.end().took(new Slice(array, 0, lengthBytes));
            keptBytes += array.length;
            budget.keep(array.length);
        } finally {
            flow.lock().unlock();
        }
        flow.go();
    }

    @Override
    public void ended() {
        flow.ending().whole(this::takeEnd);
    }

    private void takeEnd() {
        flow.lock().lock();
        try {
            flow.end().tookEnd();
        } finally {
            flow.lock().unlock();
        }
        flow.go();
    }

    @Override
    public void failed(String why) {
        flow.abort(flow.label().side() + ": " + why);
    }

    /** Reads on if there is room. */
    void wantReadLocked() {
        FlowEnd end = flow.end();
        boolean backlog = end.isAttached() && end.waitingBytes() >= BACKLOG_BYTES;
        socket.wantRead(!flow.ending().isOverLocked() && !end.hasEnded() && !backlog && !isFullLocked());
    }

    /** Whether too much is kept to read on. */
    boolean isFullLocked() {
        return keptBytes >= budget.limitBytes();
    }

    /** Lets go of what the far end has. */
    void releaseLocked() {
        FlowEnd end = flow.end();
        for (Slice done = end.release(); done != null; done = end.release()) {
            keptBytes -= done.array().length;
            budget.release(done.array().length);
            socket.recycle(done.array());
        }
    }

    /** The flow is over: what is kept is of no use. */
    void forgetLocked() {
        budget.release(keptBytes);
        keptBytes = 0;
    }
}
