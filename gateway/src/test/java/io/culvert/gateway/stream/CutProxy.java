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
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicLong forthBytes = new AtomicLong();
    private final AtomicLong backBytes = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition thawed = lock.newCondition();
    private boolean blackHole;

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
                accepted.incrementAndGet();
                sockets.add(from);
                sockets.add(to);
                Thread.ofVirtual().start(() -> pump(from, to, forthBytes));
                Thread.ofVirtual().start(() -> pump(to, from, backBytes));
            }
        } catch (IOException e) {
            cut();
        }
    }

    private void pump(Socket from, Socket to, AtomicLong counter) {
        byte[] buffer = new byte[64 << 10];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int read;
            while ((read = in.read(buffer)) >= 0) {
                awaitThaw();
                out.write(buffer, 0, read);
                counter.addAndGet(read);
            }
        } catch (IOException e) {
            // The line was cut, which is what it is for; both sockets are closed.
            sockets.remove(from);
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
        for (Socket socket : sockets) {
            try (socket) {
                socket.setSoLinger(true, 0);
            } catch (IOException e) {
                // It was closed already, which is what is wanted.
                sockets.remove(socket);
            }
        }
        sockets.clear();
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
