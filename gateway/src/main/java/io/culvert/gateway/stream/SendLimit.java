package io.culvert.gateway.stream;

/** How fast bulk may be sent to a peer, asked several times a second. */
@FunctionalInterface
public interface SendLimit {

    /** No limit. */
    long UNLIMITED = Long.MAX_VALUE;

    /** Bytes of the TCP connection a second; {@link #UNLIMITED}, or 0 to hold bulk back altogether. */
    long bytesPerSecond();

    static SendLimit none() {
        return () -> UNLIMITED;
    }
}
