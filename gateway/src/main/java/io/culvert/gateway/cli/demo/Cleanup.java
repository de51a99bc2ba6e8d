package io.culvert.gateway.cli.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

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
            steps.push(step);
            if (closed) {
                undoAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            undoAll();
        } finally {
            lock.unlock();
        }
    }

    private void undoAll() {
        while (!steps.isEmpty()) {
            try {
                steps.pop().undo();
            } catch (IOException e) {
                messages.println("culvert: could not clean up: " + e.getMessage());
            }
        }
    }
}
