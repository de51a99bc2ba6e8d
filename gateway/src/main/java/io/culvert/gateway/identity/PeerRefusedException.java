package io.culvert.gateway.identity;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A peer that was refused by its certificate, here or there, with the one reason.
 *
 * <p>The message is one sentence for people. It goes to the other side as it is, so it says nothing that a refused
 * caller must not know.
 */
public final class PeerRefusedException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int MAX_CAUSES = 16;

    /** Which side refused the other. */
    public enum By {
        /** This gateway refused the peer. */
        HERE,
        /** The peer refused this gateway. */
        THERE
    }

    private final PeerRefusal reason;
    private final By by;
    private final @Nullable String site;

    PeerRefusedException(PeerRefusal reason, By by, @Nullable String site, String sentence) {
        super(sentence);
        this.reason = reason;
        this.by = by;
        this.site = site;
    }

    /** A refusal by this gateway of {@code site} (null: it did not say who it is). */
    static PeerRefusedException here(PeerRefusal reason, @Nullable String site, String detail) {
        String who = site == null ? "a caller without a name" : "peer " + site;
        return new PeerRefusedException(
                reason, By.HERE, site, who + " is refused (" + reason + "): " + reason.clause() + detail);
    }

    public PeerRefusal reason() {
        return reason;
    }

    public By by() {
        return by;
    }

    /** The peer that is meant; empty if the other side did not say who it is. */
    public Optional<String> site() {
        return Optional.ofNullable(site);
    }

    /** Finds the refusal under a failed TLS handshake or call; looks at most {@value #MAX_CAUSES} causes deep. */
    static Optional<PeerRefusedException> in(Throwable failure) {
        Throwable t = failure;
        for (int depth = 0; t != null && depth < MAX_CAUSES; depth++) {
            if (t instanceof PeerRefusedException refused) {
                return Optional.of(refused);
            }
            t = t.getCause();
        }
        return Optional.empty();
    }
}
