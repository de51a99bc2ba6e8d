package io.culvert.gateway.stream;

import java.time.Duration;

/**
 * Which of the kernel's congestion controls suits a connection, by what the path does with what is sent. Pure; told once a second what
 * the kernel has counted.
 *
 * <pre>
 *   shorter than {@link #SHORT_PATH_MICROS} ──────────────────────────────────────────────► CUBIC, for good
 *   longer ──► BBR ── its losses come with a queue: it overfills the line ──► CUBIC
 *               ▲                                                               │
 *               └── losses come without a queue: the line loses by itself ──────┘   then BBR for ten minutes, and longer each time
 * </pre>
 *
 * <p>BBR (Cardwell et al., "BBR: Congestion-Based Congestion Control", 2016) keeps a line full that loses packets by itself, where CUBIC
 * (RFC 9438) gives up nearly all of it. But it sends by a clock, which between machines of one room halves the throughput; it overfills a
 * queue of one bandwidth-delay product and has a packet in twenty sent again; and it stops for 200 ms each ten seconds to look at
 * the empty path. All of that, whoever waits for a short answer beside a copy feels.
 */
final class CongestionChoice {

    enum Control {
        BBR,
        CUBIC
    }

    /**
     * What the kernel has counted since the connection was made.
     *
     * @param roundTripMicros smoothed, of now
     * @param sentBytes given to it
     * @param retransmissions packets sent again
     */
    record Counted(long roundTripMicros, long sentBytes, long retransmissions) {}

    /** A path with a shorter round trip is within a building: a loss there is repaired before it counts. */
    static final long SHORT_PATH_MICROS = 1_000;

    /** The shortest round trip of so long, twice, is taken for that of the empty path: paths change. */
    static final Duration EMPTY_PATH_WINDOW = Duration.ofMinutes(5);

    /** So long BBR is not given up again after the line was seen to lose packets by itself; four times longer each time. */
    static final Duration FIRST_STAY = Duration.ofMinutes(10);

    static final Duration LONGEST_STAY = Duration.ofHours(8);

    /** A second in which less was sent tells nothing of what the line can take. */
    private static final long BUSY_BYTES = 1 << 20;

    private static final int PACKET_BYTES = 1_448;

    /** One packet in so many sent again is too many. */
    private static final int OVERFULL_ONE_IN = 200;

    /** Of the last eight seconds so many decide. */
    private static final int DECIDING_SECONDS = 4;

    private static final int LAST_SECONDS_MASK = 0xff;

    private final boolean shortPath;
    private Control control;
    private Counted last = new Counted(0, 0, 0);
    private long emptyPathMicros;
    private long emptyPathBeforeMicros = Long.MAX_VALUE;
    private long windowEndsNanos;
    private int seconds;
    private long stayUntilNanos;
    private Duration stay = FIRST_STAY;
    private String why = "";

    /** @param roundTripMicros of the handshake, 0 if it is not known */
    CongestionChoice(long roundTripMicros, long nowNanos) {
        this.shortPath = roundTripMicros > 0 && roundTripMicros < SHORT_PATH_MICROS;
        this.control = shortPath ? Control.CUBIC : Control.BBR;
        this.emptyPathMicros = roundTripMicros > 0 ? roundTripMicros : Long.MAX_VALUE;
        this.windowEndsNanos = nowNanos + EMPTY_PATH_WINDOW.toNanos();
        this.stayUntilNanos = nowNanos;
    }

    Control control() {
        return control;
    }

    /** Why it was changed last, for people. */
    String why() {
        return why;
    }

    /** A second has passed; returns whether {@link #control} is another one now. */
    boolean look(Counted counted, long nowNanos) {
        long sent = counted.sentBytes - last.sentBytes;
        long again = counted.retransmissions - last.retransmissions;
        last = counted;
        remember(counted.roundTripMicros, nowNanos);
        if (shortPath) {
            return false;
        }
        boolean queue = counted.roundTripMicros > emptyMicros() + emptyMicros() / 4;
        boolean speaksAgainst = switch (control) {
            case BBR -> queue && sent >= BUSY_BYTES && again * PACKET_BYTES * OVERFULL_ONE_IN >= sent;
            case CUBIC -> !queue && again > 0;
        };
        seconds = (seconds << 1 | (speaksAgainst ? 1 : 0)) & LAST_SECONDS_MASK;
        if (Integer.bitCount(seconds) < DECIDING_SECONDS || nowNanos - stayUntilNanos < 0) {
            return false;
        }
        seconds = 0;
        change(nowNanos);
        return true;
    }

    private void change(long nowNanos) {
        if (control == Control.BBR) {
            control = Control.CUBIC;
            why = "BBR overfilled the line: packets were lost in a queue";
        } else {
            control = Control.BBR;
            why = "the line loses packets by itself, without a queue";
            stayUntilNanos = nowNanos + stay.toNanos();
            stay = stay.multipliedBy(4).compareTo(LONGEST_STAY) < 0 ? stay.multipliedBy(4) : LONGEST_STAY;
        }
    }

    private void remember(long roundTripMicros, long nowNanos) {
        if (nowNanos - windowEndsNanos >= 0) {
            emptyPathBeforeMicros = emptyPathMicros;
            emptyPathMicros = Long.MAX_VALUE;
            windowEndsNanos = nowNanos + EMPTY_PATH_WINDOW.toNanos();
        }
        if (roundTripMicros > 0) {
            emptyPathMicros = Math.min(emptyPathMicros, roundTripMicros);
        }
    }

    private long emptyMicros() {
        long least = Math.min(emptyPathMicros, emptyPathBeforeMicros);
        return least == Long.MAX_VALUE ? 0 : least;
    }
}
