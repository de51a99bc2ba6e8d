package io.culvert.gateway.relay.portmap;

import io.culvert.dedupe.chunk.Slice;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls to the portmapper by TCP. One virtual thread accepts, one looks for who is overdue, one serves each connection. */
final class TcpCalls implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(TcpCalls.class);
    private static final int BACKLOG = 128;
    private static final Duration AFTER_FAILURE = Duration.ofMillis(200);

    private final ServerSocket listener = new ServerSocket();
    private final PortmapListener.Answers answers;
    private final Clients clients;
    private final Callers callers;
    private final Duration idle;

    TcpCalls(InetSocketAddress at, PortmapListener.Answers answers, Clients clients, PortmapListener.Bounds bounds)
            throws IOException {
        this.answers = answers;
        this.clients = clients;
        this.idle = bounds.idle();
        this.callers = new Callers(bounds.connections(), bounds.connectionsOfOne(), bounds.idle(), System::nanoTime);
        boolean done = false;
        try {
            listener.setReuseAddress(true);
            listener.bind(at, BACKLOG);
            done = true;
        } finally {
            if (!done) {
                listener.close();
            }
        }
    }

    void start() {
        Thread.ofVirtual().name("portmapper-tcp " + address()).start(this::accept);
        Thread.ofVirtual().name("portmapper-overdue " + address()).start(this::closeOverdue);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    private void closeOverdue() {
        while (!listener.isClosed()) {
            LockSupport.parkNanos(
                    Math.min(idle.toNanos() / 4, Duration.ofSeconds(1).toNanos()));
            callers.closeOverdue();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                if (!clients.admits(socket.getInetAddress())) {
                    socket.setSoLinger(true, 0);
                    socket.close();
                } else if (!callers.enter(socket)) {
                    socket.close();
                } else {
                    Thread.ofVirtual()
                            .name("portmapper " + socket.getRemoteSocketAddress())
                            .start(() -> {
                                try {
                                    serve(socket);
                                } finally {
                                    callers.leave(socket);
                                }
                            });
                }
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    LOG.warn("the portmapper at {} by TCP: {}", address(), e.getMessage());
                    LockSupport.parkNanos(AFTER_FAILURE.toNanos()); // such as no descriptor left: not at once again
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            RecordAssembler records = new RecordAssembler();
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[1024];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                ByteBuffer came = ByteBuffer.wrap(buffer, 0, count);
                while (came.hasRemaining()) {
                    Optional<Slice> call = records.take(came);
                    if (call.isPresent()) {
                        answer(socket, call.get());
                    }
                }
            }
        } catch (MalformedXdrException e) {
            LOG.atInfo()
                    .addKeyValue("client", socket.getRemoteSocketAddress())
                    .log("a connection to the portmapper was closed: a call {}", e.getMessage());
        } catch (IOException e) {
            LOG.debug("a client of the portmapper left, or said nothing for {}: {}", idle, e.getMessage());
        }
    }

    private void answer(Socket socket, Slice call) throws IOException, MalformedXdrException {
        Optional<byte[]> reply = answers.to(call, NetId.TCP, true);
        if (reply.isPresent()) {
            socket.getOutputStream().write(RecordAssembler.marked(reply.get()));
            callers.answered(socket);
        }
    }

    /** Closes the port and its connections. */
    @Override
    public void close() throws IOException {
        listener.close();
        callers.close();
    }
}
