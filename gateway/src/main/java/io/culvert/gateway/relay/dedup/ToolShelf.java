package io.culvert.gateway.relay.dedup;

import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Buffers and contexts that are needed for the length of one message and would be too much memory for every flow. Keeps as many
 * idle as there are processors; more are made when more are in use at a time, and closed afterwards.
 */
final class ToolShelf<T extends ToolShelf.Tool> implements AutoCloseable {

    /** What is kept; closing cannot fail. */
    interface Tool extends AutoCloseable {
        @Override
        void close();
    }

    private final int most = Runtime.getRuntime().availableProcessors();
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<T> idle = new ArrayDeque<>();
    private final Supplier<T> maker;
    private boolean closed;

    ToolShelf(Supplier<T> maker) {
        this.maker = maker;
    }

    T take() {
        T tool = takeIdle();
        return tool == null ? maker.get() : tool;
    }

    private @Nullable T takeIdle() {
        lock.lock();
        try {
            return idle.pollLast();
        } finally {
            lock.unlock();
        }
    }

    void giveBack(T tool) {
        if (!keep(tool)) {
            tool.close();
        }
    }

    private boolean keep(T tool) {
        lock.lock();
        try {
            return !closed && idle.size() < most && idle.add(tool);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            idle.forEach(Tool::close);
            idle.clear();
        } finally {
            lock.unlock();
        }
    }
}
