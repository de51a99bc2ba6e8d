package io.culvert.proto.session;

/** The bounds of a session; each is checked before anything is allocated for what exceeds it. */
public final class SessionLimits {

    /** Chunks in one query, or in one segment. */
    public static final int MAX_REFS = 1024;

    /** Chunks asked for, or missing and not yet arrived, at one time. */
    public static final int MAX_OUTSTANDING = 64 * 1024;

    /** Segment payload under way without acknowledgement: what a crash can cost to send again. */
    public static final long WINDOW_BYTES = 16L << 20;

    /** Longest job, dataset, pool or attempt name, and longest label, in characters. */
    public static final int MAX_NAME_CHARS = 255;

    /** What is kept of the reason of a refusal, in characters. */
    public static final int MAX_REASON_CHARS = 4096;

    private SessionLimits() {}
}
