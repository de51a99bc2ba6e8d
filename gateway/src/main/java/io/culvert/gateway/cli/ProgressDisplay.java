package io.culvert.gateway.cli;

import java.util.Optional;

/** Shows how far something is, on standard error. */
interface ProgressDisplay extends AutoCloseable {

    /** @param state a word or two about what is going on */
    void update(long doneBytes, Optional<Long> totalBytes, double bytesPerSecond, String state);

    @Override
    void close();

    /** A bar for a person at a terminal, else a line now and then. */
    static ProgressDisplay of(Terminal terminal, String title) {
        return terminal.interactive()
                ? new ProgressBarDisplay(terminal.messages(), title)
                : new ProgressLines(terminal.messages(), title, System::nanoTime);
    }
}
