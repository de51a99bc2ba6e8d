package io.culvert.gateway.identity;

import java.io.IOException;

/** Something a proven peer may not do here; the message names the line in site.yaml that would allow it. */
public final class GrantRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    GrantRefusedException(String sentence) {
        super(sentence);
    }
}
