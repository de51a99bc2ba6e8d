package io.culvert.gateway.alert;

import java.io.IOException;

/** One way by which alerts reach people or their tools. Used by one thread at a time. */
interface AlertChannel {

    /** Where it goes, for people; without a secret. */
    String target();

    /**
     * Hands one alert over, and returns when the other side has taken it, as far as its protocol says so. It may wait for as long as a
     * minute.
     *
     * @throws IOException with one sentence that says what is wrong; nothing was taken, or it cannot be told
     */
    void send(Alert alert) throws IOException, InterruptedException;
}
