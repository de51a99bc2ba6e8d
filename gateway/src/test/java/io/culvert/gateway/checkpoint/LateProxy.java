package io.culvert.gateway.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A TCP relay to a local port that can keep back all questions, and let some of them through when nobody waits for an answer any more: the
 * network that delivers late.
 */
final class LateProxy implements AutoCloseable {
    /** What came for one connection while questions were kept back. */
    private record Kept(Socket to, byte[] bytes, long nanos) {}

    private final ServerSocket listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final int targetPort;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Kept> kept = new ArrayList<>();
    private boolean keeping;

    LateProxy(int targetPort) throws IOException {
        this.targetPort = targetPort;
        Thread.startVirtualThread(this::accept);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    void keep() {
        lock.lock();
        try {
            keeping = true;
        } finally {
            lock.unlock();
        }
    }

    /** Lets through what came until then, and drops what came later, the news that nobody waits among it; returns how many bytes. */
    long letThroughUntil(long nanos) throws IOException {
        lock.lock();
        try {
            long bytes = 0;
            for (Kept one : kept) {
                if (one.nanos() - nanos < 0) {
                    one.to().getOutputStream().write(one.bytes());
                    bytes += one.bytes().length;
                }
            }
            kept.clear();
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket near = listener.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), targetPort);
                sockets.add(near);
                sockets.add(far);
                Thread.startVirtualThread(() -> carryQuestions(near, far));
                Thread.startVirtualThread(() -> carryAnswers(far, near));
            }
        } catch (IOException e) {
            closeSockets(); // the listener was closed
        }
    }

    private void carryQuestions(Socket near, Socket far) {
        byte[] buffer = new byte[16384];
        try {
            InputStream in = near.getInputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (!keep(far, Arrays.copyOf(buffer, n))) {
                    far.getOutputStream().write(buffer, 0, n);
                }
            }
        } catch (IOException e) {
            sockets.remove(near); // the end of a connection is kept back like all else
        }
    }

    private boolean keep(Socket far, byte[] bytes) {
        lock.lock();
        try {
            return keeping && kept.add(new Kept(far, bytes, System.nanoTime()));
        } finally {
            lock.unlock();
        }
    }

    private void carryAnswers(Socket far, Socket near) {
        byte[] buffer = new byte[16384];
        try {
            OutputStream out = near.getOutputStream();
            InputStream in = far.getInputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            sockets.remove(far); // nobody listens, or the member ended the connection
        }
    }

    private void closeSockets() {
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        closeSockets();
    }
}
