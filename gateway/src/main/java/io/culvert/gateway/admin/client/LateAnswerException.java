package io.culvert.gateway.admin.client;

import java.io.IOException;
import java.time.Duration;

/** The gateway is there and does not answer in time: it hangs, or is stopped. */
final class LateAnswerException extends IOException {
    private static final long serialVersionUID = 1;

    LateAnswerException(Duration limit, IOException cause) {
        super("it gave no answer within " + limit.toSeconds() + " s", cause);
    }
}
