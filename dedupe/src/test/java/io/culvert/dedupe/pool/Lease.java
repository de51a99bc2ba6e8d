package io.culvert.dedupe.pool;

import java.io.IOException;
import java.util.Optional;

/** A lease that a test loses and renews as it likes. */
final class Lease implements WriteGuard {

    private volatile Optional<String> lost = Optional.empty();

    void lose(String reason) {
        lost = Optional.of(reason);
    }

    void renew() {
        lost = Optional.empty();
    }

    @Override
    public void check() throws IOException {
        if (lost.isPresent()) {
            throw new IOException(lost.get());
        }
    }
}
