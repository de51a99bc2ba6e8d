package io.culvert.gateway.replicate;

import java.io.IOException;

/** The source cannot be read as a whole: a file is unreadable, or the path is not what the site file says. */
public final class SourceException extends IOException {

    private static final long serialVersionUID = 1L;

    SourceException(String message) {
        super(message);
    }

    SourceException(String message, Throwable cause) {
        super(message, cause);
    }
}
