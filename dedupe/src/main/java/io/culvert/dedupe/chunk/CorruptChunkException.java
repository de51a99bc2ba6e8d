package io.culvert.dedupe.chunk;

import java.io.IOException;

/** Bytes that are not what their fingerprint, checksum or format says; the message names which and where. */
public final class CorruptChunkException extends IOException {

    private static final long serialVersionUID = 1L;

    public CorruptChunkException(String message) {
        super(message);
    }

    public CorruptChunkException(String message, Throwable cause) {
        super(message, cause);
    }
}
