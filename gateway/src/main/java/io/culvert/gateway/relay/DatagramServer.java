package io.culvert.gateway.relay;

import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.relay.portmap.NetId;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.channel.ResetCode;
import io.culvert.proto.v1.DatagramOpening;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The far end of relayed datagrams: a connected UDP socket for each channel, to a port of an appliance of this site that the peer may
 * send to, and never to anything else. What cannot be sent is lost, as UDP may.
 */
public final class DatagramServer {

    private static final Logger LOG = LoggerFactory.getLogger(DatagramServer.class);

    /** Longer than at the near end, whose business it is to end what is idle. */
    private static final Duration IDLE = Duration.ofMinutes(3);

    private static final int HIGHEST_PRIVILEGED = 1023;
    private static final int LOWEST_PRIVILEGED = 512;

    private final Offers offers;
    private final LongSupplier ticker;
    private final Figures figures;

    /** @param ticker nanoseconds */
    public DatagramServer(Offers offers, LongSupplier ticker, Figures figures) {
        this.offers = offers;
        this.ticker = ticker;
        this.figures = figures;
    }

    /** Serves one channel to its end. */
    public void serve(Channel channel, Slice openPayload) throws StreamException, InterruptedException {
        try {
            DatagramOpening opening =
                    DatagramOpening.parser().parseFrom(openPayload.array(), openPayload.offset(), openPayload.length());
            switch (offers.offer(channel.peer(), opening.getAppliance(), NetId.UDP, opening.getPort())) {
                case Offers.Offer.Refused refused -> refuse(channel, opening, refused.why());
                case Offers.Offer.Granted granted -> relay(channel, opening, granted.host());
            }
        } catch (InvalidProtocolBufferException e) {
            channel.reset(ResetCode.PROTOCOL, "an opening that cannot be read: " + e.getMessage());
        }
    }

    private void refuse(Channel channel, DatagramOpening opening, String why) {
        channel.reset(ResetCode.REFUSED, why);
        figures.failed(
                Figures.Trouble.REFUSED,
                opening.getAppliance(),
                channel.peer(),
                "datagrams of " + ShortText.name(opening.getClient()) + " are refused: " + why);
    }

    private void relay(Channel channel, DatagramOpening opening, String host)
            throws StreamException, InterruptedException {
        String name = opening.getClient() + " to " + opening.getAppliance() + ":" + opening.getPort() + "/udp";
        try (DatagramSocket socket =
                connected(new InetSocketAddress(host, opening.getPort()), opening.getPrivileged())) {
            AtomicLong lastNanos = new AtomicLong(ticker.getAsLong());
            OfAppliance its = figures.of(opening.getAppliance());
            its.datagramClients(1);
            Thread receiver =
                    Thread.ofVirtual().name("relay-udp-in " + name).start(() -> toPeer(socket, channel, lastNanos));
            try {
                fromPeer(channel, socket, lastNanos);
                channel.finish();
            } finally {
                socket.close();
                channel.close();
                its.datagramClients(-1);
                receiver.join();
            }
        } catch (IOException e) {
            if (e instanceof StreamException lost) {
                throw lost;
            }
            refuse(channel, opening, name + " (" + host + "): " + e.getMessage());
        }
    }

    /** A socket that only hears the target, from a port below 1024 if the client had one. */
    private static DatagramSocket connected(InetSocketAddress target, boolean privileged) throws IOException {
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
                LOG.trace("port {}/udp is taken", port);
            }
        }
        throw new IOException("no port below 1024 is free to send from");
    }

    private static DatagramSocket connectedFrom(int port, InetSocketAddress target) throws SocketException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(port));
        boolean done = false;
        try {
            socket.connect(target);
            done = true;
            return socket;
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    private void fromPeer(Channel channel, DatagramSocket socket, AtomicLong lastNanos)
            throws StreamException, InterruptedException {
        while (true) {
            try {
                Optional<Slice> next = channel.receive(IDLE);
                if (next.isEmpty()) {
                    return;
                }
                Slice bytes = next.get();
                lastNanos.set(ticker.getAsLong());
                send(socket, bytes);
                channel.recycle(bytes);
            } catch (TimeoutException e) {
                if (ticker.getAsLong() - lastNanos.get() >= IDLE.toNanos()) {
                    return;
                }
            }
        }
    }

    private static void send(DatagramSocket socket, Slice bytes) {
        try {
            socket.send(new DatagramPacket(bytes.array(), bytes.offset(), bytes.length()));
        } catch (IOException e) {
            LOG.debug("a datagram is lost: {}", e.getMessage());
        }
    }

    private void toPeer(DatagramSocket socket, Channel channel, AtomicLong lastNanos) {
        byte[] buffer = new byte[Datagrams.MAX_BYTES];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                lastNanos.set(ticker.getAsLong());
                channel.send(new Slice(buffer, 0, packet.getLength()));
            } catch (PortUnreachableException e) {
                LOG.trace("nobody is at the port: {}", e.getMessage());
            } catch (IOException e) {
                if (e instanceof StreamException || socket.isClosed()) {
                    return;
                }
                LOG.debug("a datagram did not come: {}", e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
