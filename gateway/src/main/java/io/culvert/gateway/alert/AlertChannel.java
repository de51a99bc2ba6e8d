package io.culvert.gateway.alert;

import java.io.IOException;
import java.util.Optional;

/** One way by which alerts reach people or their tools. Used by one thread at a time, which may be a platform thread: names are looked up in it. */
interface AlertChannel {

    /** Where it goes, for people; without a secret. */
    String target();

    /**
     * Hands one alert over, and returns when the other side has taken it, as far as its protocol says so.
     *
     * @param cut told of what to close when it takes too long
     * @return what people should know all the same, such as one address of several that was refused
     * @throws RefusedAlertException if it will never be taken
     * @throws IOException with one sentence that says what is wrong; nothing was taken, or it cannot be told
     */
    Optional<String> send(Alert alert, Cut cut) throws IOException, InterruptedException;
}
