package io.culvert.proto.channel;

/**
 * What one side is ready to receive, as its hello says it.
 *
 * @param channels how many channels opened by the far side may be open at a time
 * @param messageBytes the longest message
 * @param initialCreditBytes what may be sent in a channel before its first CREDIT arrives
 * @param urgentCreditBytes the same for the urgent class; its window never grows
 */
public record Limits(int channels, int messageBytes, int initialCreditBytes, int urgentCreditBytes) {

    public static final int MAX_CHANNELS = 1024;
    public static final int MAX_MESSAGE_BYTES = 2 << 20;
    public static final int INITIAL_CREDIT_BYTES = 64 << 10;

    /** The longest urgent message; it is never cut into fragments. */
    public static final int MAX_URGENT_BYTES = 16 << 10;

    public static final int URGENT_CREDIT_BYTES = 64 << 10;

    /** The longest payload of an OPEN. */
    public static final int MAX_OPEN_BYTES = 16 << 10;

    /** Of the payload of an OPEN, what a gateway needs that passes the channel on to another one of its site. */
    public static final int MAX_ENVELOPE_BYTES = 128;

    /**
     * What a DATA frame costs beside its payload, so that credit bounds the number of small messages too: their memory
     * is not only their bytes.
     */
    public static final int FRAME_COST_BYTES = 64;

    /** The shortest fragment but the last one of a message: less credit than for this is waited out. */
    public static final int MIN_FRAGMENT_BYTES = 4 << 10;

    /** No channel ever has more credit than this. */
    public static final long MAX_CREDIT_BYTES = 1L << 30;

    /** How many messages of a class wait in a channel at most. */
    public static final int MAX_WAITING_MESSAGES = 64;

    /** How many pings may arrive before the answers to them have left. */
    public static final int MAX_PENDING_PONGS = 16;

    /** What this version says of itself. */
    public static final Limits OURS =
            new Limits(MAX_CHANNELS, MAX_MESSAGE_BYTES, INITIAL_CREDIT_BYTES, URGENT_CREDIT_BYTES);

    private static final int SMALLEST_CREDIT_BYTES = 32 << 10;

    public Limits {
        check("channels", channels, 1, 1 << 20);
        check("messageBytes", messageBytes, MAX_URGENT_BYTES, 1 << 28);
        check("initialCreditBytes", initialCreditBytes, SMALLEST_CREDIT_BYTES, 1 << 28);
        check("urgentCreditBytes", urgentCreditBytes, SMALLEST_CREDIT_BYTES, 1 << 28);
    }

    private static void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + ".." + max + ", was " + value);
        }
    }

    /** What a frame with this payload takes of the credit. */
    static int costBytes(int payloadBytes) {
        return payloadBytes + FRAME_COST_BYTES;
    }

    /** The most that a message of this length can take of the credit, cut as unluckily as may be. */
    static int messageCostBytes(int lengthBytes) {
        return lengthBytes + FRAME_COST_BYTES * (lengthBytes / MIN_FRAGMENT_BYTES + 2);
    }
}
