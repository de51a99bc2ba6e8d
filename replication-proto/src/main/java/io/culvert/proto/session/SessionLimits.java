package io.culvert.proto.session;

/** The bounds of a session; each is checked before anything is allocated for what exceeds it. */
public final class SessionLimits {

    /** Chunks in one query, or in one segment. */
    public static final int MAX_REFS = 1024;

    /** Chunks asked for, or missing and not yet arrived, at one time. */
    public static final int MAX_OUTSTANDING = 64 * 1024;

    /**
     * Segment payload without acknowledgement: what the loss of the receiver's machine can cost to send again. Of it the window
     * of the channel ({@link io.culvert.proto.channel.ChannelKind#REPLICATION}) lets much less be on its way or unstored: what
     * the loss of a process or of the line can cost.
     */
    public static final long WINDOW_BYTES = 64L << 20;

    /** Longest job, dataset, pool or attempt name, and longest label, in characters. */
    public static final int MAX_NAME_CHARS = 255;

    /** What is kept of the reason of a refusal, in characters. */
    public static final int MAX_REASON_CHARS = 4096;

    private SessionLimits() {}
}
