package io.culvert.gateway.cli;

import java.io.PrintStream;

/** A sentence that is printed if the process is told to stop before this is closed. */
final class Farewell implements AutoCloseable {
    private final Thread hook;

    private Farewell(Thread hook) {
        this.hook = hook;
    }

    static Farewell print(PrintStream out, String sentence) {
        return run(() -> {
            out.println();
            out.println("culvert: " + sentence);
            out.flush();
        });
    }

    /** The same with an action, which must be quick. */
    static Farewell run(Runnable action) {
        Thread hook = new Thread(action, "farewell");
        Runtime.getRuntime().addShutdownHook(hook);
        return new Farewell(hook);
    }

    /** Once the process is stopping, the sentence is on its way: nothing can be taken back then. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            Thread.currentThread().interrupt();
        }
    }
}
