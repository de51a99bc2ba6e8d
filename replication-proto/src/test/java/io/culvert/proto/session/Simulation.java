package io.culvert.proto.session;

import io.culvert.proto.v1.ReceiverMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One run by seed: two sending gateways that may both believe to own the job, one receiving gateway, and what can happen
 * to them: cuts, partitions, crashes of any of the three, leases lost by mistake, a source that changes. After some
 * mishaps the world stays quiet, and the jobs have to be done.
 */
final class Simulation {

    /** More steps than any run needs. */
    private static final int MAX_STEPS = 100_000;

    /** Connections that a mishap can still hit: the newest ones. */
    private static final int MAX_LINKS = 2;

    /** What happened in a run, to show that runs see what they are meant to see. */
    record Outcome(long steps, int crashes, int cuts, int takeovers, int attempts, long fencedOff, long closuresKnown) {
        Outcome plus(Outcome other) {
            return new Outcome(
                    steps + other.steps,
                    crashes + other.crashes,
                    cuts + other.cuts,
                    takeovers + other.takeovers,
                    attempts + other.attempts,
                    fencedOff + other.fencedOff,
                    closuresKnown + other.closuresKnown);
        }
    }

    private final long seed;
    private final Clockwork clock;
    private final ModelPool pool;
    private final Invariants invariants;
    private final ModelReceiver receiver;
    private final List<ModelSender> senders = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private int owner;
    private long fence;
    private long partitionedUntil;
    private int mishaps;
    private int jobs;
    private int crashes;
    private int cuts;
    private int takeovers;

    Simulation(long seed, Mutation mutation) {
        Random random = new Random(seed);
        this.seed = seed;
        this.clock = new Clockwork(random);
        ModelSource source = new ModelSource(random);
        this.pool = new ModelPool(mutation);
        this.invariants = new Invariants(pool, source);
        long windowBytes = 100 + random.nextInt(2000);
        this.receiver = new ModelReceiver(clock, pool, source, invariants, mutation, windowBytes);
        for (String name : List.of("a", "b")) {
            senders.add(new ModelSender(name, clock, source, invariants, mutation, windowBytes, new Surroundings()));
        }
        this.mishaps = random.nextInt(12);
        this.jobs = 1 + random.nextInt(4);
    }

    private final class Surroundings implements ModelSender.World {
        @Override
        public @Nullable Link connect(Link.End<ReceiverMessage> sender) {
            if (!receiver.isUp() || clock.now() < partitionedUntil) {
                return null;
            }
            ModelReceiver.Session session = receiver.connect();
            Link link = new Link(clock, sender, session);
            session.joined(link);
            links.add(link);
            if (links.size() > MAX_LINKS) {
                links.removeFirst();
            }
            return link;
        }

        @Override
        public void committed(long by) {
            if (by == fence && jobs > 0 && --jobs > 0) {
                clock.note(() -> "the next job begins");
                claim(clock.random().nextInt(senders.size()));
            }
        }
    }

    /** Runs to the end; throws what went wrong, with the seed and what happened before. */
    Outcome run() {
        try {
            claim(0);
            clock.at(clock.soon(200), this::mishap);
            return steps();
        } catch (RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + ": " + e.getMessage() + "\nwhat happened before:\n" + clock.trace(), e);
        }
    }

    private Outcome steps() {
        long losses = pool.losses();
        long steps = 0;
        while (clock.step()) {
            if (++steps > MAX_STEPS) {
                throw new IllegalStateException("the job does not come to an end");
            }
            if (pool.losses() != losses) {
                losses = pool.losses();
                invariants.afterLoss();
            }
        }
        if (jobs > 0) {
            throw new IllegalStateException("nothing happens any more, and " + jobs + " jobs are not done");
        }
        invariants.afterLoss();
        return new Outcome(
                steps,
                crashes,
                cuts,
                takeovers,
                senders.stream().mapToInt(ModelSender::begun).sum(),
                receiver.fencedOff(),
                receiver.closuresKnown());
    }

    /** Gives the job to a sender under a new fence. */
    private void claim(int sender) {
        owner = sender;
        long with = ++fence;
        clock.note(() -> "sender " + sender + " owns the job with fence " + with);
        senders.get(sender).own(with);
    }

    private void mishap() {
        if (jobs == 0 || mishaps-- <= 0) {
            return;
        }
        switch (clock.random().nextInt(6)) {
            case 0, 1 -> cut();
            case 2 -> {
                if (receiver.isUp()) {
                    crashes++;
                    receiver.crash();
                }
            }
            case 3 -> crashSender();
            case 4 -> takeover();
            default -> partition();
        }
        clock.at(clock.soon(clock.oneIn(3) ? 40 : 250), this::mishap);
    }

    private void cut() {
        if (!links.isEmpty()) {
            cuts++;
            clock.note(() -> "a connection is cut");
            links.get(clock.random().nextInt(links.size())).cut();
        }
    }

    private void crashSender() {
        int sender = clock.random().nextInt(senders.size());
        crashes++;
        senders.get(sender).crash(() -> {
            if (owner == sender && jobs > 0) {
                claim(sender);
            }
        });
    }

    /** The lease of the owner is taken for lost; it learns that later, or from the receiver. */
    private void takeover() {
        if (jobs > 0) {
            int before = owner;
            long lost = fence;
            takeovers++;
            claim(1 - before);
            clock.at(clock.soon(1500), () -> {
                if (owner != before && lost < fence) {
                    senders.get(before).disown();
                }
            });
        }
    }

    private void partition() {
        partitionedUntil = clock.soon(900);
        clock.note(() -> "nothing passes until " + partitionedUntil);
        links.forEach(link -> link.stall(partitionedUntil));
    }
}
