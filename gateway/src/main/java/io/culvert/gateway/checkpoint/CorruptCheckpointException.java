package io.culvert.gateway.checkpoint;

import java.io.IOException;

/** A stored value is damaged, was set back, or is not what its place says; it was not believed. */
public final class CorruptCheckpointException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String sentence;

    CorruptCheckpointException(String what, String reason) {
        this(what + " cannot be believed: " + reason);
    }

    private CorruptCheckpointException(String sentence) {
        super(sentence);
        this.sentence = sentence;
    }

    /** Returns what a person reads. */
    public String sentence() {
        return sentence;
    }
}
