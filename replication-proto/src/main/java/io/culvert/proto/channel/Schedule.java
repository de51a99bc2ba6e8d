package io.culvert.proto.channel;

import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.FrameKind;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Which frame goes next: control, then credit, then urgent messages, then bulk.
 *
 * <p>Urgent messages go in turn, one for each channel. Bulk is a deficit round robin (Shreedhar and Varghese, 1995):
 * each visit adds a quantum to the channel's deficit and lets it send while the deficit lasts. A quantum pays for the
 * longest frame, so that each visit sends at least one. A channel without credit is not in the ring and costs nothing.
 */
final class Schedule {

    static final int QUANTUM_BYTES = Limits.costBytes(Frame.MAX_PAYLOAD_BYTES);

    private final ArrayDeque<Frame> control = new ArrayDeque<>();
    private final ArrayDeque<MuxChannel> credit = new ArrayDeque<>();
    private final ArrayDeque<MuxChannel> urgent = new ArrayDeque<>();
    private final ArrayDeque<MuxChannel> bulk = new ArrayDeque<>();
    private int pendingPongs;

    void control(Frame frame) {
        control.addLast(frame);
        if (frame.kind() == FrameKind.PONG) {
            pendingPongs++;
        }
    }

    int pendingPongs() {
        return pendingPongs;
    }

    /** Only this frame is left to be sent. */
    void onlyThis(Frame frame) {
        clear();
        control.addLast(frame);
    }

    /** Nothing is left to be sent. */
    void clear() {
        control.clear();
        credit.clear();
        urgent.clear();
        bulk.clear();
    }

    /** Puts the channel where it has something to send now; to be called after each change of it. */
    void update(MuxChannel channel) {
        if (!channel.inCreditQueue && channel.in.hasPending()) {
            channel.inCreditQueue = true;
            credit.addLast(channel);
        }
        if (channel.localEnded) {
            return;
        }
        if (!channel.inUrgentRing && channel.out.canSendUrgent()) {
            channel.inUrgentRing = true;
            urgent.addLast(channel);
        }
        if (!channel.inBulkRing && channel.out.canSendBulk()) {
            channel.inBulkRing = true;
            channel.quantumDue = true;
            bulk.addLast(channel);
        }
    }

    /** The next frame, null if nothing can go; with {@code urgentOnly} no bulk. */
    @Nullable
    Outgoing next(int maxPayloadBytes, boolean urgentOnly) {
        Frame frame = control.pollFirst();
        if (frame != null) {
            if (frame.kind() == FrameKind.PONG) {
                pendingPongs--;
            }
            return new Outgoing(frame, 0);
        }
        Outgoing next = nextCredit();
        if (next == null) {
            next = nextUrgent();
        }
        if (next == null && !urgentOnly) {
            next = nextBulk(maxPayloadBytes);
        }
        return next;
    }

    private @Nullable Outgoing nextCredit() {
        MuxChannel channel;
        while ((channel = credit.peekFirst()) != null) {
            // The far side needs no credit for a direction that it has ended.
            if (channel.in.hasPending() && !channel.remoteEnded && !channel.abandoned) {
                return new Outgoing(channel.in.takeCredit(), 0);
            }
            credit.removeFirst();
            channel.inCreditQueue = false;
        }
        return null;
    }

    private @Nullable Outgoing nextUrgent() {
        MuxChannel channel;
        while ((channel = urgent.pollFirst()) != null) {
            if (!channel.localEnded && channel.out.canSendUrgent()) {
                Outgoing next = channel.out.nextUrgent();
                urgent.addLast(channel);
                return next;
            }
            channel.inUrgentRing = false;
            // The finish may have waited for the last urgent message.
            update(channel);
        }
        return null;
    }

    private @Nullable Outgoing nextBulk(int maxPayloadBytes) {
        MuxChannel channel;
        while ((channel = bulk.peekFirst()) != null) {
            if (channel.localEnded || !channel.out.canSendBulk()) {
                bulk.removeFirst();
                channel.inBulkRing = false;
                channel.deficitBytes = 0;
                continue;
            }
            if (channel.quantumDue) {
                channel.quantumDue = false;
                channel.deficitBytes += QUANTUM_BYTES;
            }
            int cost = Limits.costBytes(channel.out.nextBulkBytes(maxPayloadBytes));
            if (cost <= channel.deficitBytes) {
                channel.deficitBytes -= cost;
                return finishing(channel, channel.out.nextBulk(maxPayloadBytes));
            }
            channel.quantumDue = true;
            bulk.addLast(bulk.removeFirst());
        }
        return null;
    }

    private static Outgoing finishing(MuxChannel channel, Outgoing next) {
        if (next.frame().kind() == FrameKind.FINISH) {
            channel.localEnded = true;
        }
        return next;
    }

    /** Whether anything could go now. */
    boolean isEmpty() {
        return control.isEmpty() && credit.isEmpty() && urgent.isEmpty() && bulk.isEmpty();
    }
}
