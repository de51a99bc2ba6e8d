package io.culvert.gateway.checkpoint;

/** What a delete found. */
public enum Deletion {
    /** The checkpoint carried the attempt and is gone. */
    DELETED,
    /** There was no checkpoint. */
    ABSENT,
    /** The checkpoint carries another attempt, or cannot be read, and was left alone. */
    NOT_YOURS
}
