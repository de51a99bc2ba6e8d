package io.culvert.gateway.admin.http;

import io.culvert.gateway.admin.OperationException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the work of requests on virtual threads, at most {@link #MAX_RUNNING} at once, of these at most {@link #MAX_SHOWN}
 * for the console; more are told to come again.
 */
final class Requests implements AutoCloseable {
    static final Logger LOG = LoggerFactory.getLogger("io.culvert.gateway.admin");
    static final int MAX_BODY_BYTES = 64 << 10;
    static final int MAX_RUNNING = 64;
    static final int MAX_SHOWN = 16;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

    private final Vertx vertx;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("admin-", 0).factory());
    private final Semaphore free = new Semaphore(MAX_RUNNING);
    private final Semaphore freeToShow = new Semaphore(MAX_SHOWN);

    Requests(Vertx vertx) {
        this.vertx = vertx;
    }

    /** The blocking work of one request. */
    @FunctionalInterface
    interface Work {
        Answer run(Call call) throws OperationException, IOException;
    }

    /** Called on the event loop; the work runs on a thread of its own. */
    void run(RoutingContext rc, Work work) {
        start(new Call(rc), work, () -> {});
    }

    /** The same for the console. */
    void runShown(RoutingContext rc, Work work) {
        if (freeToShow.tryAcquire()) {
            start(new Call(rc), work, freeToShow::release);
        } else {
            refuse(rc, MAX_SHOWN);
        }
    }

    /** The same for work that reads the body as it comes. */
    void runStreaming(RoutingContext rc, Work work) {
        start(new Call(rc, new RequestInput(rc.request(), vertx.getOrCreateContext())), work, () -> {});
    }

    private void start(Call call, Work work, Runnable whenOver) {
        RoutingContext rc = call.context();
        if (!free.tryAcquire()) {
            whenOver.run();
            refuse(rc, MAX_RUNNING);
            return;
        }
        Runnable release = () -> {
            free.release();
            whenOver.run();
        };
        try {
            threads.execute(() -> {
                try {
                    answer(call, work);
                } finally {
                    release.run();
                }
            });
        } catch (RejectedExecutionException e) {
            release.run();
            Problems.send(rc, Problem.ofStatus(503, "Stopping", "the gateway is stopping"));
        }
    }

    int underWay() {
        return MAX_RUNNING - free.availablePermits();
    }

    private static void refuse(RoutingContext rc, int running) {
        Problems.send(
                rc,
                Problem.ofStatus(
                        503, "Busy", "the gateway answers " + running + " requests already; try again in a moment"));
    }

    /** An answer that comes when the event loops have ended reaches nobody. */
    private void answer(Call call, Work work) {
        try {
            work(call, work);
        } catch (RejectedExecutionException e) {
            LOG.atDebug().setCause(e).addKeyValue("path", call.path()).log("the gateway stopped before the answer");
        }
    }

    private void work(Call call, Work work) {
        try {
            Answer answer = work.run(call);
            switch (answer) {
                case Answer.Json json -> send(call, json.status(), "application/json", Problems.json(json.value()));
                case Answer.Bytes bytes -> send(call, bytes.status(), bytes.mediaType(), bytes.content());
                case Answer.Streamed streamed -> call.finishStream();
            }
        } catch (OperationException e) {
            LOG.atDebug().setCause(e).addKeyValue("path", call.path()).log("operation failed");
            fail(call, Problem.of(e));
        } catch (IOException e) {
            LOG.atDebug().setCause(e).addKeyValue("path", call.path()).log("the client went away");
            call.abort();
        } catch (RejectedExecutionException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).addKeyValue("path", call.path()).log("request failed");
            fail(call, Problem.ofStatus(500, "Failed", "the gateway failed on this request; its log says more"));
        }
    }

    private void fail(Call call, Problem problem) {
        if (!call.failStream(problem)) {
            send(call, problem.status(), Problem.MEDIA_TYPE, Problems.json(problem));
        }
    }

    private void send(Call call, int status, String mediaType, byte[] content) {
        call.onEventLoop(response -> {
            if (response.closed() || response.headWritten()) {
                return;
            }
            boolean unread = call.hasUnreadInput();
            response.setStatusCode(status).putHeader("Content-Type", mediaType).putHeader("Cache-Control", "no-store");
            response.end(Buffer.buffer(content)).onComplete(done -> {
                if (unread) {
                    call.context().request().connection().close();
                }
            });
        });
    }

    /** Interrupts what is under way, and waits a little until its answers are written. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.info("requests are under way that do not heed an interrupt; their answers are lost");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
