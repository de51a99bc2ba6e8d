package io.culvert.gateway.relay.portmap;

import io.culvert.dedupe.chunk.Slice;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Port 111 of a virtual address, TCP and UDP: reads calls, has the {@link Portmapper} answer them. */
public final class PortmapListener implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(PortmapListener.class);
    /** The portmapper's own program: an appliance that has it among its services is given this listener. */
    public static final int PROGRAM = 100_000;

    private static final int PORT = 111;
    private static final int MAX_CONNECTIONS = 128;
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final Inet4Address address;
    private final Portmapper portmapper;
    private final Runnable asked;
    private volatile Bindings bindings = new Bindings(List.of());
    private final Semaphore places = new Semaphore(MAX_CONNECTIONS);
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ServerSocket tcp;
    private @Nullable DatagramSocket udp;

    /** @param asked told of each call that was answered */
    public PortmapListener(InetAddress address, Runnable asked, InstantSource clock) {
        this.address = (Inet4Address) address;
        this.asked = asked;
        this.portmapper = new Portmapper(this.address, () -> bindings, clock);
    }

    /** Has this registered from now on, and nothing else but the portmapper itself. */
    public void show(List<Binding> registered) {
        bindings = new Bindings(registered);
    }

    /**
     * Listens, unless it does already.
     *
     * @throws IOException if the port cannot be had
     */
    public void bind() throws IOException {
        lock.lock();
        try {
            bindLocked();
        } finally {
            lock.unlock();
        }
    }

    private void bindLocked() throws IOException {
        if (tcp == null) {
            ServerSocket listener = new ServerSocket();
            try {
                listener.setReuseAddress(true);
                listener.bind(new InetSocketAddress(address, PORT), MAX_CONNECTIONS);
            } catch (IOException e) {
                listener.close();
                throw e;
            }
            tcp = listener;
            Thread.ofVirtual().name("portmapper-tcp " + address).start(() -> accept(listener));
        }
        if (udp == null) {
            DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, PORT));
            udp = socket;
            Thread.ofVirtual().name("portmapper-udp " + address).start(() -> receive(socket));
        }
    }

    private void accept(ServerSocket listener) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                if (!places.tryAcquire()) {
                    socket.close();
                    continue;
                }
                Thread.ofVirtual()
                        .name("portmapper " + socket.getRemoteSocketAddress())
                        .start(() -> {
                            try {
                                serve(socket);
                            } finally {
                                places.release();
                            }
                        });
            } catch (SocketException closed) {
                LOG.debug("the portmapper at {} by TCP: {}", address, closed.getMessage());
            } catch (IOException e) {
                LOG.warn("the portmapper at {} by TCP: {}", address, e.getMessage());
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setSoTimeout((int) IDLE.toMillis());
            socket.setTcpNoDelay(true);
            RecordAssembler records = new RecordAssembler();
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[1024];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                ByteBuffer came = ByteBuffer.wrap(buffer, 0, count);
                while (came.hasRemaining()) {
                    Optional<Slice> call = records.take(came);
                    if (call.isPresent()) {
                        Optional<byte[]> reply = portmapper.answer(call.get(), NetId.TCP, true);
                        if (reply.isPresent()) {
                            asked.run();
                            socket.getOutputStream().write(RecordAssembler.marked(reply.get()));
                        }
                    }
                }
            }
        } catch (MalformedXdrException e) {
            LOG.atInfo()
                    .addKeyValue("client", socket.getRemoteSocketAddress())
                    .log("a connection to the portmapper was closed: a call {}", e.getMessage());
        } catch (SocketTimeoutException e) {
            LOG.debug("a client of the portmapper said nothing for {}", IDLE);
        } catch (IOException e) {
            LOG.debug("a client of the portmapper left: {}", e.getMessage());
        }
    }

    private void receive(DatagramSocket socket) {
        byte[] buffer = new byte[RecordAssembler.MAX_RECORD_BYTES];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                Slice call = Slice.of(Arrays.copyOf(buffer, packet.getLength()));
                Optional<byte[]> reply = portmapper.answer(call, NetId.UDP, false);
                if (reply.isPresent()) {
                    asked.run();
                    socket.send(new DatagramPacket(reply.get(), reply.get().length, packet.getSocketAddress()));
                }
            } catch (MalformedXdrException e) {
                LOG.debug("a datagram that is no call: {}", e.getMessage());
            } catch (SocketException closed) {
                LOG.debug("the portmapper at {} by UDP: {}", address, closed.getMessage());
            } catch (IOException e) {
                LOG.warn("the portmapper at {} by UDP: {}", address, e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            for (Closeable socket : Arrays.asList(tcp, udp)) {
                if (socket != null) {
                    socket.close();
                }
            }
        } catch (IOException e) {
            LOG.warn("the portmapper at {} did not close: {}", address, e.getMessage());
        } finally {
            lock.unlock();
        }
    }
}
