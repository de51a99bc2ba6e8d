package io.culvert.gateway.cli;

import java.util.Optional;

/** Shows how far something is, on standard error. */
interface ProgressDisplay extends AutoCloseable {

    /** Columns of a terminal that does not know. */
    int USUAL_COLUMNS = 80;

    /**
     * Shows this from now on.
     *
     * @param state a word or two about what is going on
     * @param current the entry at hand, fit to be printed; empty if there is none
     */
    void update(long doneBytes, Optional<Long> totalBytes, double bytesPerSecond, String state, String current);

    @Override
    void close();

    /** A bar for a person at a terminal, else a line now and then. */
    static ProgressDisplay of(Terminal terminal, String title) {
        return terminal.interactive()
                ? new ProgressBarDisplay(
                        terminal.messages(),
                        title,
                        () -> Window.columns(Window.STANDARD_ERROR).orElse(USUAL_COLUMNS))
                : new ProgressLines(terminal.messages(), title, System::nanoTime);
    }
}
