package io.culvert.gateway.stream;

import java.io.IOException;

/** A peer did not prove who it is, or is not let in. */
public final class PeerRefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * @param reason a short name that is told to the peer and kept in the status, such as {@code expired}
     * @param message one sentence for people
     */
    public PeerRefusedException(String reason, String message) {
        super(message);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }
}
