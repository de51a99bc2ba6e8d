package io.culvert.gateway.checkpoint;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Can keep back all questions, and let some of them through when nobody waits for an answer any more: the network that delivers late. The
 * end of a connection is kept back like all else.
 */
final class LateProxy extends LoopbackRelay {
    /** What came for one connection while questions were kept back. */
    private record Kept(Socket to, byte[] bytes, long nanos) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Kept> kept = new ArrayList<>();
    private boolean keeping;

    LateProxy(int targetPort) throws IOException {
        super(targetPort);
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
                    write(one.to(), one.bytes(), one.bytes().length);
                    bytes += one.bytes().length;
                }
            }
            kept.clear();
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    @Override
    void question(Socket to, byte[] bytes, int count) throws IOException {
        if (!keep(to, Arrays.copyOf(bytes, count))) {
            write(to, bytes, count);
        }
    }

    private boolean keep(Socket to, byte[] bytes) {
        lock.lock();
        try {
            return keeping && kept.add(new Kept(to, bytes, System.nanoTime()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    void answer(Socket to, byte[] bytes, int count) throws IOException {
        write(to, bytes, count);
    }

    @Override
    boolean passesEnds() {
        return false;
    }
}
