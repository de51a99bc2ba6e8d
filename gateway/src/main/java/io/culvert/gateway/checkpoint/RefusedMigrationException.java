package io.culvert.gateway.checkpoint;

import java.io.IOException;

/** A migration may not begin, or go on, as both stores are; the message says why and what to do. */
public final class RefusedMigrationException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedMigrationException(String sentence) {
        super(sentence);
    }
}
