package io.culvert.gateway.admin.client;

import io.culvert.gateway.admin.OperationException;
import java.io.FilterInputStream;
import java.io.IOException;

/**
 * The bytes of a restore stream. Its end is only told when the gateway said that it is complete; else reading fails
 * with the gateway's reason as the cause.
 */
final class RestoreBody extends FilterInputStream {
    private final HttpExchange exchange;
    private boolean ended;

    RestoreBody(HttpExchange exchange) {
        super(exchange.body());
        this.exchange = exchange;
    }

    @Override
    public int read() throws IOException {
        int b = super.read();
        return b < 0 ? end() : b;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        return count < 0 ? end() : count;
    }

    /** Does not read what is left: the connection is closed instead. */
    @Override
    public void close() throws IOException {
        exchange.close();
    }

    private int end() throws IOException {
        if (!ended) {
            try {
                Outcomes.requireComplete(exchange);
            } catch (OperationException e) {
                throw new IOException(e.sentence(), e);
            }
            ended = true;
        }
        return -1;
    }
}
