package io.culvert.gateway.replicate;

import io.culvert.proto.v1.Refused;
import java.io.IOException;

/** The peer refused, and said why. */
public final class RefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final Refused.Code code;

    RefusedException(String peer, Refused.Code code, String reason) {
        super(peer + " refused: " + reason);
        this.code = code;
    }

    public Refused.Code code() {
        return code;
    }
}
