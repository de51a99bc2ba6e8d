package io.culvert.proto.flow;

/** The far end of a relayed connection said what cannot be; the connection is to be reset, the stream is unharmed. */
public final class FlowException extends Exception {

    private static final long serialVersionUID = 1L;

    public FlowException(String message) {
        super(message);
    }
}
