package io.culvert.proto.channel;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.frame.BytePool;
import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.ProtocolCode;
import io.culvert.proto.frame.ProtocolException;
import java.util.Optional;

/**
 * One channel's incoming half: the credit it gave, and the message it is putting together.
 *
 * <p>Memory: at most a window of messages that wait, or one message if that is longer. Credit goes back when a quarter of the
 * window or 1 MiB was consumed, or sooner if the message in hand needs it: with nothing left to consume, the far side always has
 * the credit for the rest of that message, so that no message of a legal length can get stuck. A window that is larger than its
 * share of the {@link WindowBudget} while others wait is narrowed by credit that does not go back.
 */
final class Inflow {

    /** Credit is returned by the quarter of a window, so that small windows do not answer each frame with one, … */
    private static final int RETURNED_PARTS = 4;

    /** … or by this much if that is less: what is held back is missing from the window of a long line. */
    private static final int MAX_HELD_BACK_BYTES = 1 << 20;

    private final long channel;
    private final ChannelKind kind;
    private final BytePool pool;
    private final WindowBudget.Loan loan;

    private int windowBytes;
    private long grantedBytes;
    private int returnableBytes;
    private int consumedSinceGrowthBytes;

    private final int urgentWindowBytes;
    private long urgentGrantedBytes;
    private int urgentReturnableBytes;

    private byte[] assembly = new byte[0];
    private int assemblyLengthBytes;
    private int assembledBytes;
    private int assemblyCostBytes;

    /** Credit to be told to the far side by the next CREDIT frame of either class. */
    private long pendingBytes;

    private long urgentPendingBytes;

    Inflow(
            long channel,
            ChannelKind kind,
            int initialCreditBytes,
            int urgentCreditBytes,
            BytePool pool,
            WindowBudget budget) {
        this.channel = channel;
        this.kind = kind;
        this.pool = pool;
        this.loan = budget.loan();
        this.windowBytes = initialCreditBytes;
        this.grantedBytes = initialCreditBytes;
        this.urgentWindowBytes = urgentCreditBytes;
        this.urgentGrantedBytes = urgentCreditBytes;
    }

    /** Widens the window to the initial one of the kind, as far as the budget lends; returns the credit this adds. */
    int widenToInitial() {
        return widenTo(kind.initialWindowBytes());
    }

    /** The same, told to the far side by a CREDIT. */
    void widenOnAccept() {
        pendingBytes += widenToInitial();
    }

    boolean isAssembling() {
        return assemblyLengthBytes > 0;
    }

    private int widenTo(int wantedBytes) {
        int ownBytes = windowBytes - loan.lentBytes();
        int lent = loan.want(wantedBytes - ownBytes);
        windowBytes += lent;
        grantedBytes += lent;
        return lent;
    }

    /** Takes a DATA frame in; returns the message if this was its last fragment. */
    Optional<Effect.Delivered> accept(Frame frame) throws ProtocolException {
        charge(frame);
        if (frame.has(Frame.URGENT)) {
            return Optional.of(urgent(frame));
        }
        if (assemblyLengthBytes == 0) {
            return first(frame);
        }
        return following(frame);
    }

    /** Takes a DATA frame of a channel that was reset: counted, then dropped. */
    void discard(Frame frame) throws ProtocolException {
        charge(frame);
        pool.give(frame.payload().array());
    }

    private void charge(Frame frame) throws ProtocolException {
        int cost = Limits.costBytes(frame.payload().length());
        if (frame.has(Frame.URGENT)) {
            urgentGrantedBytes -= cost;
        } else {
            grantedBytes -= cost;
        }
        if (urgentGrantedBytes < 0 || grantedBytes < 0) {
            throw violation(
                    ProtocolCode.CREDIT_EXCEEDED,
                    "a frame of " + frame.payload().length() + " bytes is "
                            + -Math.min(urgentGrantedBytes, grantedBytes) + " beyond the credit");
        }
    }

    private Effect.Delivered urgent(Frame frame) throws ProtocolException {
        int length = frame.payload().length();
        if (frame.has(Frame.MORE) || frame.value() != 0 || length > Limits.MAX_URGENT_BYTES) {
            throw violation(ProtocolCode.MESSAGE_INVALID, "an urgent message of " + length + " bytes or in fragments");
        }
        return new Effect.Delivered(channel, frame.payload(), true, Limits.costBytes(length));
    }

    private Optional<Effect.Delivered> first(Frame frame) throws ProtocolException {
        int length = frame.payload().length();
        if (!frame.has(Frame.MORE)) {
            if (frame.value() != 0 || length > kind.maxMessageBytes()) {
                throw violation(ProtocolCode.MESSAGE_INVALID, "a message of " + length + " bytes for kind " + kind);
            }
            return Optional.of(new Effect.Delivered(channel, frame.payload(), false, Limits.costBytes(length)));
        }
        if (length == 0 || frame.value() <= length || frame.value() > kind.maxMessageBytes()) {
            throw violation(
                    ProtocolCode.MESSAGE_INVALID,
                    "a message of " + frame.value() + " bytes, the bound for " + kind + " is "
                            + kind.maxMessageBytes());
        }
        assemblyLengthBytes = (int) frame.value();
        assembly = pool.take(assemblyLengthBytes);
        int missing = Limits.messageCostBytes(assemblyLengthBytes) - windowBytes;
        if (missing > 0) {
            // A message is never refused for lack of budget: one that is longer than the window widens it.
            windowBytes += missing;
            grantedBytes += missing;
            pendingBytes += missing;
        }
        append(frame);
        returnIfNeeded();
        return Optional.empty();
    }

    private Optional<Effect.Delivered> following(Frame frame) throws ProtocolException {
        int length = frame.payload().length();
        int rest = assemblyLengthBytes - assembledBytes;
        boolean fits = frame.has(Frame.MORE) ? length < rest : length == rest;
        if (!fits || length == 0 || frame.value() != 0) {
            throw violation(
                    ProtocolCode.MESSAGE_INVALID,
                    "a fragment of " + length + " bytes where " + rest + " of " + assemblyLengthBytes + " are left");
        }
        append(frame);
        if (assembledBytes < assemblyLengthBytes) {
            returnIfNeeded();
            return Optional.empty();
        }
        Slice message = new Slice(assembly, 0, assemblyLengthBytes);
        int cost = assemblyCostBytes;
        assembly = new byte[0];
        assemblyLengthBytes = 0;
        assembledBytes = 0;
        assemblyCostBytes = 0;
        return Optional.of(new Effect.Delivered(channel, message, false, cost));
    }

    private void append(Frame frame) {
        Slice from = frame.payload();
        System.arraycopy(from.array(), from.offset(), assembly, assembledBytes, from.length());
        assembledBytes += from.length();
        assemblyCostBytes += Limits.costBytes(from.length());
        pool.give(from.array());
    }

    /** What was delivered at this cost is consumed. */
    void consumed(int creditBytes, boolean urgent) {
        if (urgent) {
            urgentReturnableBytes += creditBytes;
            if (urgentReturnableBytes >= urgentWindowBytes / 2) {
                urgentPendingBytes += urgentReturnableBytes;
                urgentGrantedBytes += urgentReturnableBytes;
                urgentReturnableBytes = 0;
            }
            return;
        }
        returnableBytes += creditBytes - narrow(creditBytes);
        consumedSinceGrowthBytes += creditBytes;
        if (consumedSinceGrowthBytes >= windowBytes) {
            consumedSinceGrowthBytes = 0;
            pendingBytes += widenTo(Math.min(2 * windowBytes, kind.maxWindowBytes()));
        }
        returnIfNeeded();
    }

    /** Keeps what others wait for of the credit that was consumed, though never so much that a message gets stuck. */
    private int narrow(int consumedBytes) {
        int spareBytes = windowBytes - Limits.messageCostBytes(kind.maxMessageBytes());
        int keptBytes = Math.clamp(Math.min(loan.excessBytes(), spareBytes), 0, consumedBytes);
        if (keptBytes > 0) {
            windowBytes -= keptBytes;
            loan.giveBack(keptBytes);
        }
        return keptBytes;
    }

    private void returnIfNeeded() {
        boolean enough = returnableBytes >= Math.min(windowBytes / RETURNED_PARTS, MAX_HELD_BACK_BYTES);
        int restBytes = assemblyLengthBytes - assembledBytes;
        boolean starving = restBytes > 0 && grantedBytes < Limits.messageCostBytes(restBytes);
        if (returnableBytes > 0 && (enough || starving)) {
            pendingBytes += returnableBytes;
            grantedBytes += returnableBytes;
            returnableBytes = 0;
        }
    }

    /** Whether a CREDIT frame is due. */
    boolean hasPending() {
        return pendingBytes > 0 || urgentPendingBytes > 0;
    }

    /** The next CREDIT frame that is due. */
    Frame takeCredit() {
        boolean urgent = urgentPendingBytes > 0;
        long bytes = urgent ? urgentPendingBytes : pendingBytes;
        if (urgent) {
            urgentPendingBytes = 0;
        } else {
            pendingBytes = 0;
        }
        return Frames.credit(channel, bytes, urgent);
    }

    /** The channel is gone: gives the budget and the half message back. */
    void release() {
        loan.close();
        pendingBytes = 0;
        urgentPendingBytes = 0;
        pool.give(assembly);
        assembly = new byte[0];
    }

    private ProtocolException violation(ProtocolCode code, String detail) {
        return new ProtocolException(code, "channel " + channel + ": " + detail);
    }
}
