package io.culvert.gateway.admin.console;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one listener to events is told next. Each status is a whole, so while a slow listener has not taken what was written, newer
 * ones are left out: at most one waits for it. For one thread.
 */
public final class Listening {
    static final Duration BEAT = Duration.ofSeconds(15);
    static final Duration PATIENCE = Duration.ofSeconds(20);

    /** What is to be done now. */
    public enum Step {
        NOTHING,
        /** The newest status is news to it. */
        TELL,
        /** Nothing was for {@link #BEAT}: show that the stream lives. */
        BEAT,
        /** Its session has ended. */
        END,
        /** It took nothing for {@link #PATIENCE}. */
        GIVE_UP
    }

    private @Nullable String told;
    private long lastNanos;

    /** @param told the id that it says it heard last; of no use if it is none of ours */
    public Listening(Optional<String> told, long nowNanos) {
        this.told = told.orElse(null);
        this.lastNanos = nowNanos;
    }

    /**
     * The next step, which is then to be done.
     *
     * @param newest id of the newest status, told or not; nothing: there is none yet
     * @param live whether its session goes on
     * @param full whether what was written before still waits
     * @param nowNanos by a clock that only runs forwards
     */
    public Step next(Optional<String> newest, boolean live, boolean full, long nowNanos) {
        if (!live) {
            return Step.END;
        }
        if (full) {
            return nowNanos - lastNanos > PATIENCE.toNanos() ? Step.GIVE_UP : Step.NOTHING;
        }
        if (newest.isPresent() && !newest.get().equals(told)) {
            told = newest.get();
            lastNanos = nowNanos;
            return Step.TELL;
        }
        if (nowNanos - lastNanos >= BEAT.toNanos()) {
            lastNanos = nowNanos;
            return Step.BEAT;
        }
        return Step.NOTHING;
    }
}
