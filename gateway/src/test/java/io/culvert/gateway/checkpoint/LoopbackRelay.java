package io.culvert.gateway.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP relay to a local port, whose kinds do something to what they carry. */
abstract class LoopbackRelay implements AutoCloseable {
    private static final int BUFFER_BYTES = 16384;

    private final ServerSocket listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final int targetPort;

    LoopbackRelay(int targetPort) throws IOException {
        this.targetPort = targetPort;
        Thread.startVirtualThread(this::accept);
    }

    final URI endpoint() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Carries bytes of a question to the target, or does something else with them. */
    abstract void question(Socket to, byte[] bytes, int count) throws IOException;

    /** Carries bytes of an answer back, or does something else with them. */
    abstract void answer(Socket to, byte[] bytes, int count) throws IOException;

    /** Whether the end of a connection is passed on. */
    boolean passesEnds() {
        return true;
    }

    private interface Carried {
        void carry(Socket to, byte[] bytes, int count) throws IOException;
    }

    private void accept() {
        try {
            while (true) {
                Socket near = listener.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), targetPort);
                sockets.add(near);
                sockets.add(far);
                Thread.startVirtualThread(() -> carry(near, far, this::question));
                Thread.startVirtualThread(() -> carry(far, near, this::answer));
            }
        } catch (IOException e) {
            closeSockets(); // the listener was closed
        }
    }

    private void carry(Socket from, Socket to, Carried each) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                each.carry(to, buffer, n);
            }
            if (passesEnds()) {
                from.close();
                to.close();
            }
        } catch (IOException e) {
            end(from, to);
        }
    }

    private void end(Socket from, Socket to) {
        sockets.remove(from);
        if (passesEnds()) {
            close(from);
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static void write(Socket to, byte[] bytes, int count) throws IOException {
        OutputStream out = to.getOutputStream();
        out.write(bytes, 0, count);
    }

    private void closeSockets() {
        sockets.forEach(LoopbackRelay::close);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        closeSockets();
    }
}
