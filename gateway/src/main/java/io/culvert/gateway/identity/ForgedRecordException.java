package io.culvert.gateway.identity;

import java.io.IOException;

/** Bytes that are no peer's record that a gateway of this site signed: damaged, or written by somebody else. */
public final class ForgedRecordException extends IOException {
    private static final long serialVersionUID = 1L;

    ForgedRecordException(String why) {
        super("a peer's record is refused: " + why);
    }
}
