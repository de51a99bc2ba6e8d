package io.culvert.gateway.relay;

import io.culvert.gateway.stream.FlowSocket;
import io.culvert.proto.channel.ResetCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a {@link Flow} ends, once: in order, when both halves were closed and the far end has said that it has everything; else by RST, with
 * a reason. Guarded by the flow's lock; the owner is called without it.
 */
final class FlowEnding {

    /** Why it ends when something was thrown that should not be. */
    static final String BUG = "a bug of this gateway, see its log";

    private static final Logger LOG = LoggerFactory.getLogger(FlowEnding.class);

    private final Flow flow;
    private final FlowSocket socket;
    private final Flow.Owner owner;
    private boolean outputClosed;
    private boolean over;

    FlowEnding(Flow flow, FlowSocket socket, Flow.Owner owner) {
        this.flow = flow;
        this.socket = socket;
        this.owner = owner;
    }

    boolean isOverLocked() {
        return over;
    }

    /**
     * Does it whole or ends the connection by RST: what was thrown at may have counted bytes and not passed them on, and who reads
     * behind such a hole would see a complete connection. Others are not harmed. Called without the lock.
     */
    void whole(Runnable action) {
        boolean done = false;
        try {
            action.run();
            done = true;
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("flow", flow.label()).setCause(e).log("a bug: the connection is reset");
        } finally {
            if (!done) {
                abort(BUG);
            }
        }
    }

    /** The far end's half was closed at the socket. */
    void outputClosed() {
        flow.lock().lock();
        try {
            outputClosed = true;
        } finally {
            flow.lock().unlock();
        }
        whole(this::closeIfDone);
    }

    void closeIfDone() {
        Carrying last;
        flow.lock().lock();
        try {
            boolean done = outputClosed && flow.end().isOver() && !flow.end().isAckDue();
            if (over || !done) {
                return;
            }
            last = endLocked();
        } finally {
            flow.lock().unlock();
        }
        socket.close();
        owner.over(flow, "");
        if (last != null) {
            last.finish();
        }
    }

    /** Ends it by RST here, and at the far end if a channel carries it. */
    void abort(String why) {
        Carrying last;
        flow.lock().lock();
        try {
            if (over) {
                return;
            }
            last = endLocked();
        } finally {
            flow.lock().unlock();
        }
        socket.abort();
        if (last != null) {
            last.channel.reset(ResetCode.CANCELLED, why);
            last.over();
        }
        owner.over(flow, why);
    }

    /** It was held for too long, if it still is. What lacks nothing but the far end's word ends in order. */
    void expire(String why) {
        boolean inOrder;
        flow.lock().lock();
        try {
            if (over || flow.carrying() != null) {
                return;
            }
            inOrder = outputClosed && flow.end().hasEnded();
            endLocked();
        } finally {
            flow.lock().unlock();
        }
        if (inOrder) {
            socket.close();
        } else {
            socket.abort();
        }
        owner.over(flow, inOrder ? "" : why);
    }

    /** A reset of what was half closed is told by nobody. */
    void look() {
        boolean half;
        flow.lock().lock();
        try {
            half = !over && flow.end().hasEnded() && !outputClosed;
        } finally {
            flow.lock().unlock();
        }
        if (half) {
            socket.look();
        }
    }

    /** The far gateway has said that it is over, too. */
    void settled() {
        owner.settled(flow);
    }

    private @Nullable Carrying endLocked() {
        over = true;
        return flow.leaveLocked();
    }
}
