package io.culvert.gateway.stream;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.Mux;
import io.culvert.proto.channel.ResetCode;
import java.util.concurrent.locks.Condition;

/**
 * What a {@link LinkChannel} sends: who sends waits until its message is written, and lends its bytes until then. Guarded by the link's
 * lock.
 */
final class Outbox {

    /** No more bulk is taken from a listener while so much of it waits: what waits is cold when its turn comes. */
    private static final int OFFERED_BYTES = 128 << 10;

    private final Link link;
    private final LinkChannel channel;
    private final Condition sent;
    private long writtenTicket;
    private long writtenUrgentTicket;
    private int sending;

    Outbox(Link link, LinkChannel channel) {
        this.link = link;
        this.channel = channel;
        this.sent = link.lock.newCondition();
    }

    /** Sends a message and waits until it is written; called without the lock. */
    void send(Slice head, Slice body, boolean urgent) throws StreamException, InterruptedException {
        link.lock.lock();
        sending++;
        try {
            Mux mux = link.muxLocked();
            channel.checkSendableLocked();
            while (!mux.hasRoom(channel.id(), urgent)) {
                sent.await();
                channel.checkSendableLocked();
            }
            long ticket = urgent ? mux.send(channel.id(), head, true) : mux.send(channel.id(), head, body);
            link.pumpLocked(() -> isWritten(ticket, urgent));
            while (!isWritten(ticket, urgent)) {
                channel.checkAliveLocked();
                sent.await();
            }
        } catch (InterruptedException e) {
            channel.resetLocked(ResetCode.CANCELLED, "a send was interrupted", false);
            throw e;
        } finally {
            link.awaitNotWritingLocked(channel.id());
            sending--;
            channel.forgetIfOverLocked();
            link.lock.unlock();
        }
    }

    /** Whether more may be offered without waiting. */
    boolean hasRoomLocked(boolean urgent) {
        Mux mux = link.muxLocked();
        long id = channel.id();
        boolean bulkToo = !mux.hasUrgentWaiting(id) && mux.unsentBytes(id) < OFFERED_BYTES;
        return mux.hasRoom(id, urgent) && (urgent || bulkToo);
    }

    private boolean isWritten(long ticket, boolean urgent) {
        return (urgent ? writtenUrgentTicket : writtenTicket) >= ticket;
    }

    void writtenLocked(long ticket, boolean urgent) {
        if (urgent) {
            writtenUrgentTicket = ticket;
        } else {
            writtenTicket = ticket;
        }
        sent.signalAll();
    }

    /** Whether somebody sends. */
    boolean isBusyLocked() {
        return sending > 0;
    }

    /** Everybody who waits looks again. */
    void wakeLocked() {
        sent.signalAll();
    }
}
