package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.relay.dedup.FlowUnpacker;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.FlowSocket;
import io.culvert.proto.flow.FlowEnd;
import io.culvert.proto.flow.FlowException;
import io.culvert.proto.flow.FlowMessage;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What comes from the far end of a {@link Flow}: to the socket at once, or, from a packed message on, by a worker that unpacks, one at a
 * time and in order. Guarded by the flow's lock.
 *
 * <p>Bounded by the channel's window, and what a packed message grows to by {@link #MAX_UNWRITTEN_BYTES}.
 */
final class Intake {

    /** Nothing more is unpacked while the socket has not taken so much: a packed message may be a thousandth of its bytes. */
    static final long MAX_UNWRITTEN_BYTES = 2 << 20;

    private record Waiting(Carrying from, Channel.Received received) {}

    private final Flow flow;
    private final FlowSocket socket;
    private final FlowDedup dedup;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private boolean unpacking;
    private long unwrittenBytes;

    Intake(Flow flow, FlowSocket socket, FlowDedup dedup) {
        this.flow = flow;
        this.socket = socket;
        this.dedup = dedup;
    }

    /** A message came; on an event loop. */
    void take(Carrying from, Channel.Received received) {
        if (!waits(from, received)) {
            take(from, received, null);
        }
    }

    /** Whether a message has to wait for its turn. What it says of the other direction counts at once: that one does not wait. */
    private boolean waits(Carrying from, Channel.Received received) {
        String violation;
        flow.lock().lock();
        try {
            if (!unpacking && waiting.isEmpty() && !isPacked(received.bytes())) {
                return false;
            }
            if (flow.isCarriedBy(from) && flow.end().isAttached()) {
                acknowledgedLocked(from, FlowMessage.read(received.bytes()).received());
                flow.goLocked();
            }
            waiting.addLast(new Waiting(from, received));
            unpackLocked();
            violation = "";
        } catch (FlowException e) {
            violation = "the far gateway broke the protocol: " + e.getMessage();
        } finally {
            flow.lock().unlock();
        }
        if (violation.isEmpty()) {
            from.channel.flush();
        } else {
            flow.abort(violation);
        }
        return true;
    }

    private void acknowledgedLocked(Carrying from, long received) throws FlowException {
        flow.end().acknowledged(received);
        if (from.packer != null) {
            from.packer.acknowledged(received);
        }
        flow.releaseLocked();
    }

    private static boolean isPacked(Slice message) {
        return !message.isEmpty() && (message.get(0) & ~FlowMessage.WANTED & 0xff) == FlowMessage.PACKED;
    }

    private void unpackLocked() {
        if (!unpacking && !waiting.isEmpty() && unwrittenBytes < MAX_UNWRITTEN_BYTES) {
            unpacking = true;
            dedup.execute(() -> flow.ending().whole(this::unpack));
        }
    }

    private void unpack() {
        for (Waiting next = next(); next != null; next = next()) {
            Slice plain = null;
            if (isPacked(next.received().bytes())) {
                try {
                    plain = unpacked(next);
                } catch (FlowException e) {
                    flow.abort("the far gateway broke the protocol: " + e.getMessage());
                    continue;
                } catch (IOException e) {
                    next.received().consumed();
                    dedup.damaged(next.from().history(), String.valueOf(e.getMessage()));
                    flow.again(next.from(), false);
                    continue;
                }
            }
            take(next.from(), next.received(), plain);
        }
    }

    private @Nullable Slice unpacked(Waiting next) throws FlowException, IOException {
        if (!flow.isCarriedNowBy(next.from())) {
            return null;
        }
        FlowUnpacker unpacker = next.from()
                .unpacking
                .orElseThrow(() -> new FlowException("it refers to a history where none is kept"))
                .unpacker();
        Slice message = next.received().bytes();
        return unpacker.unpack(message.slice(FlowMessage.HEAD_BYTES, message.length() - FlowMessage.HEAD_BYTES));
    }

    private @Nullable Waiting next() {
        flow.lock().lock();
        try {
            Waiting next = unwrittenBytes < MAX_UNWRITTEN_BYTES ? waiting.pollFirst() : null;
            if (next == null) {
                unpacking = false;
            }
            return next;
        } finally {
            flow.lock().unlock();
        }
    }

    private void take(Carrying from, Channel.Received received, @Nullable Slice plain) {
        String violation = "";
        boolean again = false;
        flow.lock().lock();
        try {
            if (flow.isCarriedBy(from)) {
                again = takeLocked(from, received, plain);
                flow.goLocked();
            } else {
                received.consumed();
            }
        } catch (FlowException e) {
            violation = "the far gateway broke the protocol: " + e.getMessage();
        } finally {
            flow.lock().unlock();
        }
        if (!violation.isEmpty()) {
            flow.abort(violation);
        } else if (again) {
            flow.again(from, true);
        } else {
            from.channel.flush();
            flow.ending().closeIfDone();
        }
    }

    /** Returns whether the connection is to be taken up in another channel. */
    private boolean takeLocked(Carrying from, Channel.Received received, @Nullable Slice plain) throws FlowException {
        FlowMessage message = FlowMessage.read(received.bytes());
        if (message instanceof FlowMessage.Connected connected) {
            received.consumed();
            flow.connectedLocked(from, connected);
            return false;
        }
        FlowEnd end = flow.end();
        if (!end.isAttached()) {
            throw new FlowException("it goes on before it says where it is");
        }
        acknowledgedLocked(from, message.received());
        switch (message) {
            case FlowMessage.Data data -> {
                end.came(data.offset(), data.bytes().length(), data.wantsAck());
                writeLocked(from, received, data.bytes());
            }
            case FlowMessage.Packed packed -> {
                if (plain == null) {
                    throw new FlowException("nothing was unpacked");
                }
                end.came(packed.offset(), plain.length(), packed.wantsAck());
                writeLocked(from, received, plain);
            }
            case FlowMessage.End ending -> {
                end.cameEnd(ending.offset(), ending.wantsAck());
                received.consumed();
                socket.shutdownOutput(flow.ending()::outputClosed);
            }
            case FlowMessage.Ack ack -> {
                received.consumed();
                if (ack.wantsAck()) {
                    end.asked();
                }
            }
            case FlowMessage.Again again -> {
                received.consumed();
                if (!flow.label().near()) {
                    throw new FlowException("the side of the client opens channels, and need not ask");
                }
            }
            case FlowMessage.Connected connected -> throw new IllegalStateException("was dealt with");
        }
        return message instanceof FlowMessage.Again;
    }

    private void writeLocked(Carrying from, Channel.Received received, Slice bytes) {
        unwrittenBytes += bytes.length();
        socket.write(bytes, () -> {
            received.consumed();
            from.channel.recycle(received.bytes());
            written(bytes.length());
        });
    }

    private void written(int bytes) {
        flow.lock().lock();
        try {
            unwrittenBytes -= bytes;
            unpackLocked();
        } finally {
            flow.lock().unlock();
        }
    }
}
