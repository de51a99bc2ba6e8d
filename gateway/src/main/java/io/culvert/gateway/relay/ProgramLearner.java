package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.relay.portmap.Binding;
import io.culvert.gateway.stream.Channel;
import io.culvert.proto.channel.ChannelKind;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns which programs an appliance of a peer has: asks the peer, whose gateway asks the appliance's portmapper, at once, then
 * again and again, and when there is reason to. What was learned is kept while there is no answer.
 *
 * <p>One virtual thread from the start to {@link #close}; tells what it knows on that thread, after each question.
 */
final class ProgramLearner implements AutoCloseable {

    /**
     * How often it asks.
     *
     * @param every without a reason
     * @param least with one, after the last answer
     */
    record Timing(Duration every, Duration least) {
        static final Timing USUAL = new Timing(Duration.ofSeconds(30), Duration.ofSeconds(5));
    }

    /** Asks once; blocks. */
    @FunctionalInterface
    interface Question {
        /** @throws IOException if there is no answer, and why */
        List<Binding> ask() throws IOException, InterruptedException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(ProgramLearner.class);
    /** So soon it asks again, if there is reason to, when there was no answer: a peer that comes should not wait long. */
    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

    private final String appliance;
    private final Question question;
    private final Timing timing;
    private final InstantSource clock;
    private final Consumer<Programs> told;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition reason = lock.newCondition();
    private boolean hasReason;
    private volatile Programs known = new Programs.Awaited("the peer was not asked yet");
    private final Thread thread;

    ProgramLearner(String appliance, Question question, Timing timing, InstantSource clock, Consumer<Programs> told) {
        this.appliance = appliance;
        this.question = question;
        this.timing = timing;
        this.clock = clock;
        this.told = told;
        this.thread = Thread.ofVirtual().name("relay-learner " + appliance).unstarted(this::learn);
    }

    void start() {
        thread.start();
    }

    /** A question to a peer in a channel of its own. */
    static Question through(PeerChannels channels, String peer, String appliance) {
        return () -> {
            try (Channel channel = channels.open(peer, ChannelKind.PROGRAMS, ProgramsMessage.question(appliance))) {
                Optional<Slice> answer = channel.receive(ANSWER_LIMIT);
                channel.finish();
                return ProgramsMessage.read(answer.orElseThrow(() -> new IOException("no answer came")));
            } catch (TimeoutException e) {
                throw new IOException("no answer came within " + ANSWER_LIMIT.toSeconds() + " s", e);
            }
        };
    }

    Programs known() {
        return known;
    }

    /** Something may have changed: asks soon. */
    void hint() {
        lock.lock();
        try {
            hasReason = true;
            reason.signal();
        } finally {
            lock.unlock();
        }
    }

    private void learn() {
        try {
            while (true) {
                boolean answered = ask();
                await(answered);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether there was an answer. */
    private boolean ask() throws InterruptedException {
        Programs before = known;
        Programs now;
        boolean answered = false;
        try {
            now = new Programs.Learned(question.ask(), clock.instant());
            answered = true;
        } catch (IOException e) {
            now = before.unanswered(String.valueOf(e.getMessage()));
        }
        known = now;
        log(before, now);
        told.accept(now);
        return answered;
    }

    private void log(Programs before, Programs now) {
        switch (now) {
            case Programs.Learned learned -> {
                if (!(before instanceof Programs.Learned same && same.bindings().equals(learned.bindings()))) {
                    LOG.atInfo().addKeyValue("appliance", appliance).log("its programs: {}", learned.bindings());
                }
            }
            case Programs.Kept kept -> {
                if (before instanceof Programs.Learned) {
                    LOG.atWarn()
                            .addKeyValue("appliance", appliance)
                            .log("its programs are those of {}: {}", kept.at(), kept.why());
                }
            }
            case Programs.Awaited awaited -> {
                if (!before.equals(awaited)) {
                    LOG.atInfo()
                            .addKeyValue("appliance", appliance)
                            .log("its programs are those of the site file: {}", awaited.why());
                }
            }
            case Programs.Fixed fixed -> {}
        }
    }

    private void await(boolean answered) throws InterruptedException {
        lock.lock();
        try {
            long leastNanos = Math.min(timing.least().toNanos(), answered ? Long.MAX_VALUE : AFTER_FAILURE.toNanos());
            long leftNanos = timing.every().toNanos();
            long spareNanos = Math.max(0, leftNanos - leastNanos);
            while (leftNanos > 0 && !(hasReason && leftNanos <= spareNanos)) {
                leftNanos = hasReason
                        ? spareNanos + reason.awaitNanos(leftNanos - spareNanos)
                        : reason.awaitNanos(leftNanos);
            }
            hasReason = false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
