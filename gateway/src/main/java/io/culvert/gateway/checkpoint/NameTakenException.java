package io.culvert.gateway.checkpoint;

import java.io.IOException;

/** Another process shows itself under this gateway's number: a former run whose lease has not ended, or a copy of it. */
public final class NameTakenException extends IOException {
    private static final long serialVersionUID = 1L;

    NameTakenException(String message) {
        super(message);
    }
}
