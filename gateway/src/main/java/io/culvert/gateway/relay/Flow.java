package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.ResetCode;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One relayed connection at one gateway: copies between its socket and its channel, each direction on a virtual thread, until
 * both have ended. What ends one ends the other alike: half closed as half closed, reset as reset.
 *
 * <p>Bounded by the channel's window: whoever does not read is not sent more.
 */
final class Flow {

    private static final Logger LOG = LoggerFactory.getLogger(Flow.class);

    private final SocketChannel socket;
    private final Channel channel;
    private final String name;
    private final AtomicLong toPeerBytes = new AtomicLong();
    private final AtomicLong fromPeerBytes = new AtomicLong();

    /** @param name for the log: which client and which service */
    Flow(SocketChannel socket, Channel channel, String name) {
        this.socket = socket;
        this.channel = channel;
        this.name = name;
    }

    /** Copies until both directions have ended; closes the socket and the channel. */
    void run() throws InterruptedException {
        Thread sender = Thread.ofVirtual().name("relay-out " + name).start(this::toPeer);
        boolean ended = false;
        try {
            fromPeer();
            ended = true;
        } catch (StreamException e) {
            reset(String.valueOf(e.getMessage()));
        } catch (IOException | IllegalArgumentException e) {
            reset(String.valueOf(e.getMessage()));
            channel.reset(ResetCode.FAILED, String.valueOf(e.getMessage()));
        } finally {
            if (!ended) {
                abort(socket); // or the other direction would wait for it
            }
            sender.join();
            close();
        }
    }

    /** From the socket to the peer. */
    private void toPeer() {
        try {
            ByteBuffer buffer = ByteBuffer.allocate(ChannelKind.RELAY.maxMessageBytes() - FlowMessage.HEAD_BYTES);
            while (socket.read(buffer) >= 0) {
                channel.send(FlowMessage.DATA_HEAD, new Slice(buffer.array(), 0, buffer.position()));
                toPeerBytes.addAndGet(buffer.position());
                buffer.clear();
            }
            FlowMessage.send(channel, new FlowMessage.HalfClosed());
            channel.finish();
        } catch (StreamException e) {
            reset(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            gone(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reset("the gateway stops");
        }
    }

    /** The local end was reset: the peer's is to be as well. */
    private void gone(String why) {
        try {
            FlowMessage.send(channel, new FlowMessage.Gone(why));
            channel.finish();
        } catch (StreamException e) {
            LOG.atDebug().addKeyValue("flow", name).log("the channel had ended: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** From the peer to the socket, up to the end of its half. */
    private void fromPeer() throws IOException, InterruptedException {
        for (Optional<Channel.Received> next = channel.take(); next.isPresent(); next = channel.take()) {
            Channel.Received received = next.get();
            switch (FlowMessage.read(received.bytes())) {
                case FlowMessage.Connected connected -> {}
                case FlowMessage.Data data -> write(data.bytes());
                case FlowMessage.HalfClosed end -> {
                    socket.shutdownOutput();
                    return;
                }
                case FlowMessage.Gone gone -> {
                    reset(gone.why());
                    return;
                }
            }
            received.consumed();
            channel.recycle(received.bytes());
        }
        throw new IOException("the peer ended the channel in the middle of the connection");
    }

    private void write(Slice bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes.array(), bytes.offset(), bytes.length());
        while (buffer.hasRemaining()) {
            socket.write(buffer);
        }
        fromPeerBytes.addAndGet(bytes.length());
    }

    /** Ends the local connection by RST, so that nobody takes it for complete. */
    private void reset(String why) {
        LOG.atInfo().addKeyValue("flow", name).log("a relayed connection is reset: {}", why);
        abort(socket);
    }

    /** Closes a socket by RST. */
    static void abort(SocketChannel socket) {
        try {
            if (socket.isOpen()) {
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);
                socket.close();
            }
        } catch (IOException e) {
            LOG.debug("a socket that is reset: {}", e.getMessage());
        }
    }

    private void close() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("flow", name).log("the socket: {}", e.getMessage());
        }
        channel.close();
        LOG.atDebug()
                .addKeyValue("flow", name)
                .addKeyValue("toPeer", toPeerBytes)
                .addKeyValue("fromPeer", fromPeerBytes)
                .log("a relayed connection has ended");
    }
}
