package io.culvert.gateway.identity;

import java.io.IOException;

/** A second {@code init} in a state directory that already has an identity; nothing was changed. */
public final class IdentityExistsException extends IOException {
    private static final long serialVersionUID = 1L;

    IdentityExistsException(String sentence) {
        super(sentence);
    }
}
