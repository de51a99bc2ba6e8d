package io.culvert.proto.session;

/** Mistakes that a simulated gateway can be made with, to show that the invariants would notice them. */
enum Mutation {
    NONE,
    /** The receiver acknowledges what it appended without forcing it. */
    ACKNOWLEDGES_BEFORE_FORCE,
    /** The receiver says that everything is missing. */
    FORGETS_WHAT_IT_HAS,
    /** The receiver takes leaves of a scan that was cut off for complete, and does not check at commit. */
    TRUSTS_TORN_CLOSURE,
    /** The receiver publishes without forcing what other sessions appended. */
    PUBLISHES_BEFORE_FORCE,
    /** The receiver looks at the fence only when a session begins. */
    FORGETS_FENCE_AT_COMMIT,
    /** What a broken attempt stored is removed, though others rely on it. */
    REMOVES_WHAT_OTHERS_NEED,
    /** A broken attempt sweeps away the unfinished publication of whoever has one. */
    REMOVES_OTHERS_PUBLICATION,
    /** The sender heeds no window. */
    HEEDS_NO_WINDOW
}
