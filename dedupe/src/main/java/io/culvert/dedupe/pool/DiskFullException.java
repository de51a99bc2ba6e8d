package io.culvert.dedupe.pool;

import java.io.IOException;

/** No room on the disk for a write; {@link Pool} turns it into a {@link PoolFullException}. */
final class DiskFullException extends IOException {

    private static final long serialVersionUID = 1L;

    DiskFullException(String message, Throwable cause) {
        super(message, cause);
    }

    DiskFullException(String message) {
        super(message);
    }
}
