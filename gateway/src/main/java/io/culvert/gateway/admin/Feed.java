package io.culvert.gateway.admin;

import java.io.IOException;

/** Takes one record after the other; blocks while the reader is slow. */
@FunctionalInterface
public interface Feed<T> {
    /** @throws IOException the reader went away: stop the work */
    void accept(T item) throws IOException;
}
