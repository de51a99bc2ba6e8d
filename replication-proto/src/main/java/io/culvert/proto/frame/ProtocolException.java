package io.culvert.proto.frame;

import java.io.IOException;

/** The peer broke the protocol: the stream is closed by the name of what it did. */
public final class ProtocolException extends IOException {

    private static final long serialVersionUID = 1L;

    private final ProtocolCode code;
    private final String detail;

    public ProtocolException(ProtocolCode code, String detail) {
        super(code + ": " + detail);
        this.code = code;
        this.detail = detail;
    }

    public ProtocolCode code() {
        return code;
    }

    /** What happened, without the code. */
    public String detail() {
        return detail;
    }
}
