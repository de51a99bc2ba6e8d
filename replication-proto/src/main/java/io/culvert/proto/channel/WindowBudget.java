package io.culvert.proto.channel;

/** What the windows of one stream's channels may together be larger than their first credit. Owned by the machine. */
final class WindowBudget {

    /** Six channels at full speed over 1 Gbit/s x 80 ms, or more of them at less. */
    static final long BUDGET_BYTES = 64L << 20;

    private long leftBytes = BUDGET_BYTES;

    /** Lends up to this much. */
    int lend(int wantedBytes) {
        int lent = (int) Math.min(Math.max(wantedBytes, 0), leftBytes);
        leftBytes -= lent;
        return lent;
    }

    void giveBack(int lentBytes) {
        leftBytes += lentBytes;
    }

    long leftBytes() {
        return leftBytes;
    }
}
