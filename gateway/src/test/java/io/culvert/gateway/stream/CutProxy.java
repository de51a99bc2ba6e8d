package io.culvert.gateway.stream;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A line between two sites that a test can cut, or turn into a black hole, and that counts what it carries. */
public final class CutProxy implements AutoCloseable {

    private final ServerSocket listening;
    private final InetSocketAddress target;
    private final Set<Carried> carried = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicLong forthBytes = new AtomicLong();
    private final AtomicLong backBytes = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition thawed = lock.newCondition();
    private boolean blackHole;

    /** One connection through it; {@code half} once only one of its ends was told that it is cut. */
    private static final class Carried {
        private final Socket near;
        private final Socket far;
        private volatile boolean half;

        private Carried(Socket near, Socket far) {
            this.near = near;
            this.far = far;
        }
    }

    CutProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        this.listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("proxy").start(this::accept);
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** How many connections came through since the start. */
    public int accepted() {
        return accepted.get();
    }

    public long forthBytes() {
        return forthBytes.get();
    }

    public long backBytes() {
        return backBytes.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket from = listening.accept();
                Socket to = new Socket();
                to.connect(target);
                Carried made = new Carried(from, to);
                carried.add(made);
                accepted.incrementAndGet();
                Thread.ofVirtual().start(() -> pump(made, from, to, forthBytes));
                Thread.ofVirtual().start(() -> pump(made, to, from, backBytes));
            }
        } catch (IOException e) {
            cut();
        }
    }

    private void pump(Carried line, Socket from, Socket to, AtomicLong counter) {
        byte[] buffer = new byte[64 << 10];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int read;
            while ((read = in.read(buffer)) >= 0) {
                awaitThaw();
                out.write(buffer, 0, read);
                counter.addAndGet(read);
            }
            to.close();
            from.close();
        } catch (IOException e) {
            if (!line.half) {
                reset(line.near);
                reset(line.far);
            }
        }
    }

    private void awaitThaw() {
        lock.lock();
        try {
            while (blackHole) {
                thawed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nothing passes any more, and nobody is told. */
    public void blackHole(boolean on) {
        lock.lock();
        try {
            blackHole = on;
            thawed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Resets every connection; new ones pass. */
    public void cut() {
        for (Carried line : carried) {
            reset(line.near);
            reset(line.far);
        }
        carried.clear();
    }

    /** The same, of which only the side that dialled is told; the other is to notice by itself. */
    public void cutNear() {
        for (Carried line : carried) {
            line.half = true;
            reset(line.near);
        }
    }

    /** The same the other way round. */
    public void cutFar() {
        for (Carried line : carried) {
            line.half = true;
            reset(line.far);
        }
    }

    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException closedAlready) {
            // Which is what is wanted.
            return;
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new IllegalStateException("cannot close", e);
        }
        blackHole(false);
        cut();
    }
}
