package io.culvert.gateway.identity;

import java.io.IOException;

/** Nothing that speaks our protocol answered at an endpoint; the message names it and what to try. */
public final class UnreachableException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreachableException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
