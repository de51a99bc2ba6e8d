package io.culvert.gateway.stream;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A peer did not prove who it is, or is not let in. */
public final class PeerRefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String reason;
    private final @Nullable String peer;

    /**
     * @param reason a short name that is told to the peer and kept in the status, such as {@code expired}
     * @param message one sentence for people
     */
    public PeerRefusedException(String reason, String message) {
        this(reason, message, null);
    }

    /** @param peer the site that the caller says to be, if it does */
    public PeerRefusedException(String reason, String message, @Nullable String peer) {
        super(message);
        this.reason = reason;
        this.peer = peer;
    }

    /** The site that the caller says to be. */
    public Optional<String> peer() {
        return Optional.ofNullable(peer);
    }

    public String reason() {
        return reason;
    }
}
