package io.culvert.gateway.admin.http;

import java.io.IOException;

/** Another gateway serves this state directory. */
public final class GatewayRunningException extends IOException {
    private static final long serialVersionUID = 1L;

    GatewayRunningException(String sentence) {
        super(sentence);
    }
}
