package io.culvert.proto.session;

import io.culvert.proto.v1.Refused;

/** The session cannot go on; the code says whose fault it is and whether trying again can help. */
public final class SessionException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Refused.Code code;

    public SessionException(Refused.Code code, String reason) {
        super(reason);
        this.code = code;
    }

    static SessionException protocol(String reason) {
        return new SessionException(Refused.Code.PROTOCOL, reason);
    }

    public Refused.Code code() {
        return code;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
