package io.culvert.gateway.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The line to a port that a test can cut or turn into a black hole; counts what it carries. Outlives the process behind
 * the port: while nobody listens there, connections are refused by closing them.
 */
public final class Line implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 << 10;

    private final ServerSocket listening;
    private final int targetPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong toTarget = new AtomicLong();
    private final AtomicLong fromTarget = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean blackHole;
    private boolean closed;

    public Line(int targetPort) throws IOException {
        this.targetPort = targetPort;
        this.listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("line").start(this::accept);
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** Bytes that went to the side that listens. */
    public long toTargetBytes() {
        return toTarget.get();
    }

    /** Bytes that came from the side that listens. */
    public long fromTargetBytes() {
        return fromTarget.get();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                join(listening.accept());
            } catch (IOException e) {
                if (!listening.isClosed()) {
                    throw new IllegalStateException("the line cannot accept", e);
                }
            }
        }
    }

    private void join(Socket from) throws IOException {
        Socket to = new Socket();
        try {
            to.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort));
        } catch (IOException nobodyListens) {
            from.close();
            to.close();
            return;
        }
        sockets.add(from);
        sockets.add(to);
        Thread.ofVirtual().start(() -> pump(from, to, toTarget));
        Thread.ofVirtual().start(() -> pump(to, from, fromTarget));
    }

    private void pump(Socket from, Socket to, AtomicLong counter) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                awaitPassage();
                out.write(buffer, 0, read);
                counter.addAndGet(read);
            }
        } catch (IOException cut) {
            // The line was cut or an end of it was killed, which is what it is for; both sockets are closed.
            sockets.remove(from);
        }
    }

    private void awaitPassage() {
        lock.lock();
        try {
            while (blackHole && !closed) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** While on, nothing passes, and nobody is told. */
    public void blackHole(boolean on) {
        lock.lock();
        try {
            blackHole = on;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Resets every connection; new ones pass. */
    public void cut() {
        for (Socket socket : sockets) {
            try (socket) {
                socket.setSoLinger(true, 0);
            } catch (IOException closedAlready) {
                // Which is what is wanted.
                sockets.remove(socket);
            }
        }
        sockets.clear();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        cut();
    }
}
