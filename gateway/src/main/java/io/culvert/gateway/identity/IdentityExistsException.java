package io.culvert.gateway.identity;

import java.io.IOException;

/** A state directory that already has an identity, or parts of one, was to be made again; nothing was changed. */
public final class IdentityExistsException extends IOException {
    private static final long serialVersionUID = 1L;

    IdentityExistsException(String sentence) {
        super(sentence);
    }
}
