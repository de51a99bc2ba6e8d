package io.culvert.gateway.relay;

import io.culvert.gateway.stream.FlowSocket;
import io.culvert.gateway.stream.Sockets;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects to appliances of this site, from a port below 1024 for clients that had one: servers ask that of root. */
final class Targets {

    private static final Logger LOG = LoggerFactory.getLogger(Targets.class);

    /** How long an appliance may take to answer. */
    static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);

    private static final int HIGHEST_PRIVILEGED = 1023;
    private static final int LOWEST_PRIVILEGED = 512;

    private final Sockets sockets;
    private final Duration connectLimit;

    Targets(Sockets sockets, Duration connectLimit) {
        this.sockets = sockets;
        this.connectLimit = connectLimit;
    }

    /**
     * Connects; blocks.
     *
     * @throws IOException if it cannot be reached, refuses, or does not answer in time; its message says which
     */
    FlowSocket connect(String peer, String host, int port, boolean privileged) throws IOException {
        InetSocketAddress target = new InetSocketAddress(host, port);
        if (target.isUnresolved()) {
            throw new IOException("its name is not known here");
        }
        if (!privileged) {
            return sockets.connect(target, peer, 0, connectLimit);
        }
        for (int from = HIGHEST_PRIVILEGED; from >= LOWEST_PRIVILEGED; from--) {
            try {
                return sockets.connect(target, peer, from, connectLimit);
            } catch (BindException taken) {
                LOG.trace("port {} is taken", from);
            }
        }
        throw new IOException("no port below 1024 is free to connect from");
    }
}
