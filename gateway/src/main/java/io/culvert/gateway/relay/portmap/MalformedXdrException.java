package io.culvert.gateway.relay.portmap;

/** Bytes that are not the XDR of what they should be; nothing is known of their sender's intent. */
final class MalformedXdrException extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedXdrException(String what) {
        super(what, null, false, false);
    }
}
