package io.culvert.gateway.admin.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.culvert.gateway.admin.ViewJson;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A response's body as a blocking stream, written by one thread. At most {@link #MAX_PENDING_BYTES} wait for the client;
 * beyond that writes block. Ends with a trailer: {@code Culvert-Outcome: complete}, or {@code failed} and the problem;
 * a body without that trailer was cut.
 */
final class ResponseOutput extends OutputStream {
    static final int MAX_PENDING_BYTES = 2 << 20;
    static final String OUTCOME = "Culvert-Outcome";
    static final String PROBLEM = "Culvert-Problem";
    private static final int BUFFER_BYTES = 256 << 10;
    private static final ObjectWriter ASCII = ViewJson.MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

    private final Context context;
    private final HttpServerResponse response;
    private final String mediaType;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int buffered;
    private boolean begun;
    private int pendingBytes;
    private boolean closed;

    ResponseOutput(Context context, HttpServerResponse response, String mediaType) {
        this.context = context;
        this.response = response;
        this.mediaType = mediaType;
        context.runOnContext(ignored -> {
            response.closeHandler(gone -> markClosed());
            response.exceptionHandler(gone -> markClosed());
            if (response.closed()) {
                markClosed();
            }
        });
    }

    boolean hasBegun() {
        return begun;
    }

    @Override
    public void write(int b) throws IOException {
        if (buffered == BUFFER_BYTES) {
            flush();
        }
        buffer[buffered++] = (byte) b;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        int from = offset;
        int left = length;
        while (left > 0) {
            if (buffered == BUFFER_BYTES) {
                flush();
            }
            int count = Math.min(left, BUFFER_BYTES - buffered);
            System.arraycopy(source, from, buffer, buffered, count);
            buffered += count;
            from += count;
            left -= count;
        }
    }

    @Override
    public void flush() throws IOException {
        if (buffered == 0) {
            return;
        }
        Buffer bytes = Buffer.buffer(buffered).appendBytes(buffer, 0, buffered);
        int length = buffered;
        buffered = 0;
        reserve(length);
        boolean first = !begun;
        begun = true;
        context.runOnContext(ignored -> {
            if (first) {
                begin();
            }
            response.write(bytes).onComplete(done -> release(length, done.failed()));
        });
    }

    /** Sends what is left and the outcome. */
    void finish(Optional<Problem> problem) throws IOException {
        flush();
        boolean first = !begun;
        begun = true;
        String detail = problem.map(ResponseOutput::ascii).orElse("");
        context.runOnContext(ignored -> {
            if (first) {
                begin();
            }
            response.putTrailer(OUTCOME, problem.isEmpty() ? "complete" : "failed");
            if (problem.isPresent()) {
                response.putTrailer(PROBLEM, detail);
            }
            response.end();
        });
    }

    private void begin() {
        response.setChunked(true)
                .putHeader("Content-Type", mediaType)
                .putHeader("Cache-Control", "no-store")
                .putHeader("Trailer", OUTCOME + ", " + PROBLEM);
    }

    private void reserve(int length) throws IOException {
        lock.lock();
        try {
            while (!closed && pendingBytes > 0 && pendingBytes + length > MAX_PENDING_BYTES) {
                changed.await();
            }
            if (closed) {
                throw new IOException("the client went away");
            }
            pendingBytes += length;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the gateway is stopping");
        } finally {
            lock.unlock();
        }
    }

    private void release(int length, boolean failed) {
        lock.lock();
        try {
            pendingBytes -= length;
            closed |= failed;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void markClosed() {
        release(0, true);
    }

    private static String ascii(Problem problem) {
        try {
            return ASCII.writeValueAsString(problem);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a problem must have a JSON form", e);
        }
    }
}
