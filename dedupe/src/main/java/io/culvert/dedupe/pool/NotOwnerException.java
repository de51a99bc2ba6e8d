package io.culvert.dedupe.pool;

import java.io.IOException;

/**
 * The pool has, or may have, a newer owner: this one must not write to it any more. Nothing that it was told was
 * acknowledged is lost; sessions go on with the new owner. Unlike {@link FencedException} it says nothing of a dataset.
 */
public final class NotOwnerException extends IOException {

    private static final long serialVersionUID = 1L;

    NotOwnerException(String pool, String owner, Fence fence, String reason) {
        super(owner + " (fence " + fence + ") may not write to " + pool + ": " + reason);
    }

    /** The same refusal, for another caller. */
    NotOwnerException(NotOwnerException before) {
        super(before.getMessage(), before);
    }
}
