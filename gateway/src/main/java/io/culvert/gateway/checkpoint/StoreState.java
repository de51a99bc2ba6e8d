package io.culvert.gateway.checkpoint;

import java.time.Instant;

/**
 * How the store is.
 *
 * @param since when it came into this health
 * @param sentence one plain sentence for status, console and log: what is wrong and what will happen
 */
public record StoreState(Health health, Instant since, String sentence) {
    public enum Health {
        /** It answers, claims and writes succeed. */
        LIVE,
        /** It does not answer; owned work may still go on, and it resumes by itself. */
        AWAY,
        /** It did not answer for so long that nothing is owned any more; it resumes by itself. */
        STOPPED,
        /** It answers and refuses: a person must act. */
        REFUSED,
        /** It was closed. */
        CLOSED
    }
}
