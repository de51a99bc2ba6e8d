package io.culvert.gateway.cli.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is to be undone, the last first, once: at the end or when the process is told to stop, whichever comes first.
 */
final class Cleanup implements AutoCloseable {

    /** One thing to undo. */
    @FunctionalInterface
    interface Step {
        void undo() throws IOException;
    }

    private final PrintStream messages;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Step> steps = new ArrayDeque<>();
    private boolean closed;

    Cleanup(PrintStream messages) {
        this.messages = messages;
    }

    /** Remembers a step; if all is over already, undoes it at once. */
    void add(Step step) {
        lock.lock();
        try {
            if (!closed) {
                steps.push(step);
                return;
            }
        } finally {
            lock.unlock();
        }
        undo(step);
    }

    @Override
    public void close() {
        for (Step step = next(); step != null; step = next()) {
            undo(step);
        }
    }

    private @Nullable Step next() {
        lock.lock();
        try {
            closed = true;
            return steps.poll();
        } finally {
            lock.unlock();
        }
    }

    private void undo(Step step) {
        try {
            step.undo();
        } catch (IOException e) {
            messages.println("culvert: could not clean up: " + e.getMessage());
        }
    }
}
