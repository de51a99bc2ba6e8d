package io.culvert.gateway.admin.http;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A request's body as a blocking stream. At most {@link #MAX_BUFFERS} network reads wait in it; beyond that the client's
 * writes block. Made on the event loop, read by one other thread.
 */
final class RequestInput extends InputStream {
    static final int MAX_BUFFERS = 16;

    private final HttpServerRequest request;
    private final Context context;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Buffer> waiting = new ArrayDeque<>();
    private boolean ended;
    private @Nullable Throwable failure;
    private @Nullable Buffer current;
    private int position;

    RequestInput(HttpServerRequest request, Context context) {
        this.request = request;
        this.context = context;
        request.handler(buffer -> change(() -> waiting.add(buffer)));
        request.endHandler(ignored -> change(() -> ended = true));
        request.exceptionHandler(cause -> change(() -> failure = cause));
        request.fetch(MAX_BUFFERS);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        Buffer buffer = current;
        while (buffer == null || position == buffer.length()) {
            buffer = next();
            if (buffer == null) {
                return -1;
            }
            current = buffer;
            position = 0;
        }
        int count = Math.min(length, buffer.length() - position);
        buffer.getBytes(position, position + count, target, offset);
        position += count;
        return count;
    }

    boolean isAtEnd() {
        lock.lock();
        try {
            return ended && waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Buffer next() throws IOException {
        Buffer taken;
        lock.lock();
        try {
            while (waiting.isEmpty() && !ended && failure == null) {
                changed.await();
            }
            taken = waiting.poll();
            if (taken == null && !ended) {
                throw new IOException("the client went away before the end of its stream", failure);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the gateway is stopping");
        } finally {
            lock.unlock();
        }
        if (taken != null) {
            context.runOnContext(ignored -> request.fetch(1));
        }
        return taken;
    }

    private void change(Runnable how) {
        lock.lock();
        try {
            how.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
