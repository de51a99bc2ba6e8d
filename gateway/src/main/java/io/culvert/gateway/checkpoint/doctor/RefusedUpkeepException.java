package io.culvert.gateway.checkpoint.doctor;

import java.io.IOException;

/** Something was not done to the cluster because it could harm it; the message says why, a sentence. */
public final class RefusedUpkeepException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedUpkeepException(String sentence) {
        super(sentence);
    }
}
