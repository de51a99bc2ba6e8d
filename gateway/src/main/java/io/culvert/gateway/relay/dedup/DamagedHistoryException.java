package io.culvert.gateway.relay.dedup;

import java.io.IOException;

/**
 * A packed message that cannot be unpacked: it is malformed, refers to what this history does not have, or unpacks to other bytes
 * than were packed. The caller drops the history (a new one has a new instance), breaks the channel, and has the flow replayed.
 */
public final class DamagedHistoryException extends IOException {

    private static final long serialVersionUID = 1L;

    DamagedHistoryException(String message) {
        super(message);
    }

    DamagedHistoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
