package io.culvert.proto.channel;

/**
 * One channel as the machine sees it. Each direction ends once, by a FINISH or RESET of its sender; when both have
 * ended, the channel is gone.
 *
 * <pre>
 *               local FINISH or RESET sent            FINISH or RESET received
 *   open ────────────────────────────► local ended ──────────────────────────► gone
 *     └──── FINISH or RESET received ─► remote ended ── FINISH or RESET sent ──► gone
 * </pre>
 *
 * <p>A RESET that arrives while the own direction is open is answered by a RESET, so that both sides know when the id
 * will carry nothing more.
 */
final class MuxChannel {

    final long id;
    final Outflow out;
    final Inflow in;
    final int maxMessageBytes;

    boolean localEnded;
    boolean remoteEnded;
    /** Reset by whoever runs the machine: what still arrives is dropped. */
    boolean abandoned;

    /** Places in the queues of the {@link Schedule}. */
    boolean inUrgentRing;

    boolean inBulkRing;
    boolean inCreditQueue;
    boolean quantumDue;
    int deficitBytes;

    MuxChannel(long id, Outflow out, Inflow in, int maxMessageBytes) {
        this.id = id;
        this.out = out;
        this.in = in;
        this.maxMessageBytes = maxMessageBytes;
    }

    boolean gone() {
        return localEnded && remoteEnded;
    }
}
