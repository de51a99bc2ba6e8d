package io.culvert.gateway.identity;

import io.culvert.gateway.identity.EnrolmentMethods.Incoming;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one unary method to callers that nobody has proven, within bounds: attempts a minute, calls at work at once, and
 * seconds to send the message.
 *
 * <p>The message is answered on the given executor, because answering reads and writes files. A call is closed exactly
 * once, by its answer or by its deadline.
 */
final class UnprovenCalls<Q, A> implements ServerCallHandler<Incoming<Q>, Incoming<A>> {
    static final Duration PATIENCE = Duration.ofSeconds(10);
    static final int MAX_AT_WORK = 4;
    private static final Logger LOG = LoggerFactory.getLogger(UnprovenCalls.class);

    /** Answers a message. */
    interface Answer<Q, A> {
        /** Called before the message is read; throws to refuse the call. */
        void beforeReading() throws IOException;

        A answer(Q message, ServerCall<?, ?> call) throws IOException;
    }

    private final AttemptLimit limit;
    private final Scheduler scheduler;
    private final Executor executor;
    private final Answer<Q, A> answer;
    private final Semaphore atWork = new Semaphore(MAX_AT_WORK);

    UnprovenCalls(AttemptLimit limit, Scheduler scheduler, Executor executor, Answer<Q, A> answer) {
        this.limit = limit;
        this.scheduler = scheduler;
        this.executor = executor;
        this.answer = answer;
    }

    @Override
    public ServerCall.Listener<Incoming<Q>> startCall(ServerCall<Incoming<Q>, Incoming<A>> call, Metadata headers) {
        Once once = new Once(call);
        if (!limit.tryTake(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR))) {
            once.refuse(tooMany());
            return new ServerCall.Listener<>() {};
        }
        scheduler.after(PATIENCE, once::expire);
        executor.execute(() -> readOrRefuse(once));
        return new ServerCall.Listener<>() {
            private @Nullable Incoming<Q> first;

            @Override
            public void onMessage(Incoming<Q> message) {
                first = message;
            }

            @Override
            public void onHalfClose() {
                Incoming<Q> message = first;
                executor.execute(() -> work(once, message));
            }
        };
    }

    private void readOrRefuse(Once once) {
        try {
            answer.beforeReading();
            once.read();
        } catch (IOException e) {
            once.refuse(e);
        }
    }

    private void work(Once once, @Nullable Incoming<Q> message) {
        if (!atWork.tryAcquire()) {
            once.refuse(tooMany());
            return;
        }
        try {
            switch (message == null ? new Incoming.Refused<Q>("there is none") : message) {
                case Incoming.Refused<Q> none -> once.refuse(malformed(none.why()));
                case Incoming.Value<Q> value -> once.answer(answer.answer(value.message(), once.call));
            }
        } catch (IOException e) {
            once.refuse(e);
        } finally {
            atWork.release();
        }
    }

    private static JoinRefusedException malformed(String why) {
        return new JoinRefusedException(JoinRefusal.MALFORMED_MESSAGE, "the message is refused: " + why);
    }

    private static JoinRefusedException tooMany() {
        return new JoinRefusedException(
                JoinRefusal.TOO_MANY_ATTEMPTS, "too many attempts of late; wait a minute and try again");
    }

    /** A call that is closed once, whoever comes first. */
    private final class Once {
        private final ServerCall<Incoming<Q>, Incoming<A>> call;
        private final AtomicBoolean closed = new AtomicBoolean();

        Once(ServerCall<Incoming<Q>, Incoming<A>> call) {
            this.call = call;
        }

        void read() {
            call.request(2);
        }

        void answer(A value) {
            if (closed.compareAndSet(false, true)) {
                call.sendHeaders(new Metadata());
                call.sendMessage(new Incoming.Value<>(value));
                call.close(Status.OK, new Metadata());
            }
        }

        void expire() {
            if (closed.compareAndSet(false, true)) {
                call.close(Status.DEADLINE_EXCEEDED.withDescription("no message came in time"), new Metadata());
            }
        }

        void refuse(IOException why) {
            if (!closed.compareAndSet(false, true)) {
                return;
            }
            SocketAddress from = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
            switch (why) {
                case JoinRefusedException e -> {
                    LOG.atWarn()
                            .addKeyValue("reason", e.reason())
                            .addKeyValue("from", from)
                            .log(e.getMessage());
                    call.close(status(e.reason()).withDescription(e.getMessage()), Refusals.trailers(e.reason()));
                }
                case PeerRefusedException e -> call.close(Refusals.status(e), Refusals.trailers(e.reason()));
                default -> {
                    LOG.atError().addKeyValue("from", from).setCause(why).log("an enrolment failed here");
                    call.close(
                            Status.INTERNAL.withDescription("it failed at that site; its log says why"),
                            Refusals.trailers(JoinRefusal.FAILED_THERE));
                }
            }
        }

        private static Status status(JoinRefusal reason) {
            return switch (reason) {
                case TOO_MANY_ATTEMPTS -> Status.RESOURCE_EXHAUSTED;
                case MALFORMED_MESSAGE, TOKEN_MALFORMED -> Status.INVALID_ARGUMENT;
                case TOKEN_UNKNOWN, TOKEN_EXPIRED, TOKEN_USED, WRONG_SITE_NAME, WRONG_CA, BAD_PROOF ->
                    Status.PERMISSION_DENIED;
                case ALREADY_ENROLLED, CLOCK_SKEW, NO_INVITATION -> Status.FAILED_PRECONDITION;
                case FAILED_THERE -> Status.INTERNAL;
            };
        }
    }
}
