package io.culvert.gateway.alert;

import java.io.IOException;

/** The socket at which this machine's own syslog or journal listens. */
public interface LocalLog {

    /** Where that is. */
    String DEVICE = "/dev/log";

    /** Sends one datagram. */
    void send(byte[] message) throws IOException;
}
