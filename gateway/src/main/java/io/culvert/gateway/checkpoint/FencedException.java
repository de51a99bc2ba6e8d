package io.culvert.gateway.checkpoint;

import java.io.IOException;

/** The ownership under which something was to be written is lost; nothing was written. */
public final class FencedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    FencedException(Ownership ownership, String reason) {
        super("job " + ownership.jobId() + " is no longer owned under fence " + ownership.fence() + ": " + reason);
        this.reason = reason;
    }

    /** Returns why, in one sentence for people. */
    public String reason() {
        return reason;
    }
}
