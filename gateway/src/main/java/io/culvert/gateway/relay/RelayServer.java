package io.culvert.gateway.relay;

import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.v1.RelayOpening;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The far end of relayed connections: connects to an appliance of this site for a peer that may, and never to anything else. */
public final class RelayServer {

    private static final Logger LOG = LoggerFactory.getLogger(RelayServer.class);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);
    private static final int HIGHEST_PRIVILEGED = 1023;
    private static final int LOWEST_PRIVILEGED = 512;

    private final Offers offers;

    public RelayServer(Offers offers) {
        this.offers = offers;
    }

    /** Serves one channel to its end. */
    public void serve(Channel channel, Slice openPayload) throws StreamException, InterruptedException {
        RelayOpening opening;
        try {
            opening = RelayOpening.parser().parseFrom(openPayload.array(), openPayload.offset(), openPayload.length());
        } catch (InvalidProtocolBufferException e) {
            refuse(channel, "an opening that cannot be read: " + e.getMessage());
            return;
        }
        switch (offers.offer(channel.peer(), opening.getAppliance(), opening.getPort())) {
            case Offers.Offer.Refused refused -> refuse(channel, refused.why());
            case Offers.Offer.Granted granted -> connect(channel, opening, granted.host());
        }
    }

    private void connect(Channel channel, RelayOpening opening, String host)
            throws StreamException, InterruptedException {
        SocketChannel socket;
        try {
            socket = connected(new InetSocketAddress(host, opening.getPort()), opening.getPrivileged());
        } catch (IOException e) {
            refuse(channel, opening.getAppliance() + " (" + host + ":" + opening.getPort() + "): " + e.getMessage());
            return;
        }
        FlowMessage.send(channel, new FlowMessage.Connected());
        new Flow(socket, channel, opening.getClient() + " to " + opening.getAppliance() + ":" + opening.getPort())
                .run();
    }

    /** Connects, from a port below 1024 if the client had one. */
    private static SocketChannel connected(InetSocketAddress target, boolean privileged) throws IOException {
        if (target.isUnresolved()) {
            throw new IOException("its name is not known here");
        }
        if (!privileged) {
            return connectedFrom(0, target);
        }
        for (int port = HIGHEST_PRIVILEGED; port >= LOWEST_PRIVILEGED; port--) {
            try {
                return connectedFrom(port, target);
            } catch (BindException taken) {
                LOG.trace("port {} is taken", port);
            }
        }
        throw new IOException("no port below 1024 is free to connect from");
    }

    private static SocketChannel connectedFrom(int port, InetSocketAddress target) throws IOException {
        SocketChannel socket = SocketChannel.open();
        boolean done = false;
        try {
            if (port > 0) {
                socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                socket.bind(new InetSocketAddress(port));
            }
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            socket.socket().connect(target, (int) CONNECT_LIMIT.toMillis());
            done = true;
            return socket;
        } catch (SocketTimeoutException e) {
            throw new IOException("no answer within " + CONNECT_LIMIT.toSeconds() + " s", e);
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    private static void refuse(Channel channel, String why) throws StreamException, InterruptedException {
        LOG.atWarn().addKeyValue("peer", channel.peer()).log("a relayed connection is refused: {}", why);
        FlowMessage.send(channel, new FlowMessage.Gone(why));
        channel.finish();
    }
}
