package io.culvert.dedupe.pool;

import java.io.IOException;

/**
 * Says whether the lease behind a {@link PoolOwnership} is known to be live. Asked before every change of the pool's files
 * and after every fsync, by any thread and with locks held: it answers from memory, at the cost of a volatile read.
 */
@FunctionalInterface
public interface WriteGuard {

    /**
     * Returns if the lease is live as far as this gateway's own clock can tell.
     *
     * @throws IOException if it is not; the message is the reason, as a clause. The pool never asks again after that
     */
    void check() throws IOException;
}
