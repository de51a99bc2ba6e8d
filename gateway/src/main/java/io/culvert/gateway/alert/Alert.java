package io.culvert.gateway.alert;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * One message about an alarm.
 *
 * @param alarm its id, such as {@code peer:busan}
 * @param sentence what is wrong and what to do; of one that is over, what was wrong
 * @param finding what a probe found of it
 * @param since when the alarm began to stand
 * @param at when this was said
 */
public record Alert(Event event, String alarm, String sentence, Optional<Finding> finding, Instant since, Instant at) {

    /** Refuses what a damaged file may lack. */
    public Alert {
        Objects.requireNonNull(event);
        Objects.requireNonNull(alarm);
        Objects.requireNonNull(sentence);
        Objects.requireNonNull(finding);
        Objects.requireNonNull(since);
        Objects.requireNonNull(at);
    }

    /** What happened. */
    public enum Event {
        /** The alarm stands. */
        RAISED,
        /** A probe has found another reason since it was told. */
        CHANGED,
        /** It still stands, a day after it was told last. */
        REMINDER,
        /** It is over. */
        CLEARED,
        /** Nothing: somebody wants to see whether alerts arrive. */
        TEST
    }

    /** The same for all messages from the beginning of an alarm to its end, and for no others. */
    public String incident() {
        return alarm + "@" + since.getEpochSecond();
    }
}
