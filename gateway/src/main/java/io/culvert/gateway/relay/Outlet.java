package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.relay.dedup.FlowPacker;
import io.culvert.proto.flow.FlowEnd;
import io.culvert.proto.flow.FlowMessage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What goes from a {@link Flow} to the far end: as it is, on the thread that brought it, or packed, by a worker, one at a time and in
 * order. Guarded by the flow's lock.
 */
final class Outlet {

    /**
     * So much goes before the far end has said what it remembers: a question need not wait for that, a copy should. What goes unpacked
     * is not remembered either.
     */
    static final long EARLY_BYTES = 32 << 10;

    private final Flow flow;
    private final FlowDedup dedup;
    private boolean packing;

    Outlet(Flow flow, FlowDedup dedup) {
        this.flow = flow;
        this.dedup = dedup;
    }

    /** Offers what may go now; who calls flushes the channel without the lock. */
    void goLocked() {
        Carrying to = flow.carrying();
        if (to == null || packing) {
            return; // who packs goes on to the end of what there is
        }
        FlowEnd end = flow.end();
        if (!to.connected && dedup.takesPart() && end.sentBytes() >= EARLY_BYTES) {
            return;
        }
        FlowPacker packer = to.packer;
        boolean go = end.hasNext() && to.channel.hasRoom(end.isNextUrgent());
        if (go && packer != null && !isBypassed(packer)) {
            packing = true;
            dedup.execute(() -> flow.ending().whole(this::pack));
            return;
        }
        while (end.hasNext() && to.channel.hasRoom(end.isNextUrgent())) {
            FlowEnd.Outgoing next = end.next(flow.isFullLocked());
            if (next != null) {
                Slice message = packer == null ? plain(next) : message(new Work(to, packer, next, end.received()));
                to.channel.offer(message, next.urgent());
            }
        }
        ackLocked(to);
    }

    private Slice plain(FlowEnd.Outgoing out) {
        dedup.plain(out.dataBytes());
        return out.message();
    }

    private void ackLocked(Carrying to) {
        if (flow.end().isAckDue() && to.channel.hasRoom(true)) {
            to.channel.offer(flow.end().ack(), true);
        }
    }

    /** What is not packed costs too little to wake a worker for. */
    private static boolean isBypassed(FlowPacker packer) {
        return switch (packer.stats().state()) {
            case OFF, BYPASSED_ENCRYPTED, BYPASSED_INCOMPRESSIBLE -> true;
            case ACTIVE, WITHOUT_HISTORY -> false;
        };
    }

    /** A message to be packed, and for which channel. */
    private record Work(Carrying to, FlowPacker packer, FlowEnd.Outgoing message, long received) {}

    private void pack() {
        for (Work work = next(); work != null; work = next()) {
            Slice message = message(work);
            flow.lock().lock();
            try {
                if (flow.isCarriedBy(work.to())) {
                    work.to().channel.offer(message, work.message().urgent());
                }
            } finally {
                flow.lock().unlock();
            }
            work.to().channel.flush();
        }
        flow.go();
    }

    private Slice message(Work work) {
        FlowEnd.Outgoing out = work.message();
        if (out.dataBytes() == 0) {
            return out.message();
        }
        Slice bytes = out.message().slice(FlowMessage.HEAD_BYTES, out.dataBytes());
        Optional<Slice> packed = dedup.pack(work.packer(), out.offset(), bytes);
        if (packed.isEmpty()) {
            return out.message();
        }
        int length = packed.get().length();
        byte[] message = new byte[FlowMessage.HEAD_BYTES + length];
        FlowMessage.writeHead(message, 0, FlowMessage.PACKED, out.wantsAck(), out.offset(), work.received());
        System.arraycopy(packed.get().array(), packed.get().offset(), message, FlowMessage.HEAD_BYTES, length);
        return Slice.of(message);
    }

    private @Nullable Work next() {
        flow.lock().lock();
        try {
            Carrying to = flow.carrying();
            FlowPacker packer = to == null ? null : to.packer;
            FlowEnd end = flow.end();
            boolean go = to != null && packer != null && end.hasNext() && to.channel.hasRoom(end.isNextUrgent());
            FlowEnd.Outgoing next = go ? end.next(flow.isFullLocked()) : null;
            if (to == null || packer == null || next == null) {
                packing = false;
                return null;
            }
            return new Work(to, packer, next, end.received());
        } finally {
            flow.lock().unlock();
        }
    }
}
