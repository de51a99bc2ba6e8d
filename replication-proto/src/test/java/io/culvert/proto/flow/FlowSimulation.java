package io.culvert.proto.flow;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.flow.FlowEnd.Outgoing;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One relayed connection in a world that cuts its channel at any moment, loses what is on its way, lets urgent messages pass bulk
 * ones, half closes and resets; seeded.
 *
 * <p>Invariants, checked at each step: what a side was given is exactly the beginning of what the other's client wrote; an end is
 * seen only behind all of it; bytes that are kept are only those that the far end may lack. At the end, with a line that holds,
 * both sides have everything and both ends are over, unless one was reset: then nobody saw an end that was not said.
 */
final class FlowSimulation {

    /** A mistake that the invariants must notice. */
    enum Mistake {
        NONE,
        SENDS_ALL_AGAIN,
        FORGETS_WHAT_WAS_ON_ITS_WAY,
        HEARS_DEAD_CHANNELS,
        LETS_URGENT_PASS_ITS_OWN
    }

    /** What happened, so that a test can tell that something did. */
    record Outcome(int cuts, int resent, int urgent, int resets, int ends) {
        Outcome plus(Outcome other) {
            return new Outcome(
                    cuts + other.cuts,
                    resent + other.resent,
                    urgent + other.urgent,
                    resets + other.resets,
                    ends + other.ends);
        }
    }

    private static final int STEPS = 300;
    private static final int MAX_WRITE_BYTES = 40_000;

    /** A message on its way in the channel with this number. */
    private record Sent(int channel, byte[] bytes) {}

    /** Bytes that are compared where they lie. */
    private static final class Written extends ByteArrayOutputStream {
        boolean has(long offset, Slice bytes) {
            return offset + bytes.length() <= count
                    && Arrays.equals(
                            buf,
                            (int) offset,
                            (int) offset + bytes.length(),
                            bytes.array(),
                            bytes.offset(),
                            bytes.offset() + bytes.length());
        }
    }

    private final class Side {
        final FlowEnd end = new FlowEnd();
        final Written written = new Written();
        long givenBytes;
        final ArrayDeque<Sent> urgent = new ArrayDeque<>();
        final ArrayDeque<Sent> bulk = new ArrayDeque<>();
        boolean gotEnd;
        boolean reset;
        int channel;
        long highestSent;

        @Nullable
        Side other;

        Side other() {
            if (other == null) {
                throw new IllegalStateException("not joined");
            }
            return other;
        }
    }

    private final long seed;
    private final Mistake mistake;
    private final SplittableRandom random;
    private final Side near = new Side();
    private final Side far = new Side();
    private int channel = 1;
    private int cuts;
    private int resent;
    private int urgent;
    private int resets;
    private int ends;

    FlowSimulation(long seed, Mistake mistake) {
        this.seed = seed;
        this.mistake = mistake;
        this.random = new SplittableRandom(seed);
        near.other = far;
        far.other = near;
    }

    Outcome run() {
        try {
            near.channel = 1;
            far.channel = 1;
            near.end.attach(0);
            far.end.attach(0);
            boolean resets = random.nextInt(8) == 0;
            for (int i = 0; i < STEPS; i++) {
                step(resets);
            }
            drain();
        } catch (FlowException e) {
            throw new AssertionError("seed " + seed + ": refused: " + e.getMessage(), e);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
        return new Outcome(cuts, resent, urgent, resets, ends);
    }

    private void step(boolean resetsToo) throws FlowException {
        Side side = random.nextBoolean() ? near : far;
        int what = random.nextInt(100);
        if (what < 30) {
            write(side);
        } else if (what < 55) {
            send(side);
        } else if (what < 85) {
            deliver(side);
        } else if (what < 88) {
            side.end.tookEnd();
        } else if (what < 90) {
            cut();
        } else if (what < 96) {
            join();
        } else if (resetsToo && what == 99) {
            side.reset = true;
            resets++;
        }
        check();
    }

    /** The client of this side writes. */
    private void write(Side side) {
        if (side.end.hasEnded()) {
            return;
        }
        int bytes = random.nextInt(5) == 0 ? 1 + random.nextInt(MAX_WRITE_BYTES) : 1 + random.nextInt(200);
        byte[] message = new byte[FlowMessage.HEAD_BYTES + bytes];
        random.nextBytes(message);
        side.written.write(message, FlowMessage.HEAD_BYTES, bytes);
        side.end.took(Slice.of(message));
    }

    private void send(Side side) {
        if (mistake == Mistake.LETS_URGENT_PASS_ITS_OWN && side.end.hasNext() && !side.bulk.isEmpty()) {
            Outgoing out = side.end.next(random.nextInt(16) == 0);
            if (out != null && out.dataBytes() < 200) {
                side.urgent.add(new Sent(side.channel, out.message().toArray()));
            } else if (out != null) {
                side.bulk.add(new Sent(side.channel, out.message().toArray()));
            }
            return;
        }
        if (!side.end.isNextUrgent() && !side.urgent.isEmpty()) {
            return; // bulk waits behind urgent messages of its own
        }
        Outgoing out = side.end.next(random.nextInt(16) == 0);
        if (out == null) {
            look(side);
            return;
        }
        resent += out.offset() < side.highestSent ? 1 : 0;
        side.highestSent = Math.max(side.highestSent, out.offset() + out.dataBytes());
        urgent += out.urgent() ? 1 : 0;
        (out.urgent() ? side.urgent : side.bulk)
                .add(new Sent(side.channel, out.message().toArray()));
    }

    /** What nobody asked for. */
    private void look(Side side) {
        if (side.end.isAskDue()) {
            side.bulk.add(new Sent(side.channel, side.end.ask().toArray()));
            require(!side.end.isAskDue(), "it is asked once");
        }
    }

    /** Something that this side has sent arrives. */
    private void deliver(Side side) throws FlowException {
        Sent sent = side.urgent.isEmpty() || !side.bulk.isEmpty() && random.nextInt(4) == 0
                ? side.bulk.poll()
                : side.urgent.poll();
        Side to = side.other();
        boolean dead = sent != null && sent.channel() != to.channel && mistake != Mistake.HEARS_DEAD_CHANNELS;
        if (sent == null || dead || !to.end.isAttached() || to.reset) {
            return;
        }
        FlowMessage message = FlowMessage.read(Slice.of(sent.bytes()));
        to.end.acknowledged(message.received());
        release(to);
        switch (message) {
            case FlowMessage.Data data -> {
                to.end.came(data.offset(), data.bytes().length(), data.wantsAck());
                require(side.written.has(to.givenBytes, data.bytes()), "what is given is what was written there");
                to.givenBytes += data.bytes().length();
            }
            case FlowMessage.End end -> {
                to.end.cameEnd(end.offset(), end.wantsAck());
                to.gotEnd = true;
                ends++;
            }
            case FlowMessage.Ack ack -> {
                if (ack.wantsAck()) {
                    to.end.asked();
                }
            }
            case FlowMessage.Connected connected -> {}
            case FlowMessage.Again again -> {}
            case FlowMessage.Packed packed -> throw new AssertionError("nothing is packed here");
        }
        if (to.end.isAckDue()) {
            to.urgent.add(new Sent(to.channel, to.end.ack().toArray()));
        }
    }

    private static void release(Side side) {
        for (Slice done = side.end.release(); done != null; done = side.end.release()) {
            Arrays.fill(done.array(), (byte) 0xee); // who sends it again sends rubbish
        }
    }

    /** The stream breaks; each side notices when it does. */
    private void cut() {
        cuts++;
        Side first = random.nextBoolean() ? near : far;
        first.end.detach();
        if (random.nextBoolean()) {
            first.other().end.detach();
        }
    }

    /** The near side has noticed and takes it up again in a new channel; whether the far side has noticed does not matter. */
    private void join() throws FlowException {
        if (near.end.isAttached() && far.end.isAttached() || near.reset || far.reset) {
            return;
        }
        near.end.detach();
        far.end.detach();
        channel++;
        far.channel = channel;
        near.channel = channel;
        long nearReceived = near.end.received();
        long farReceived = far.end.received();
        switch (mistake) {
            case SENDS_ALL_AGAIN -> {
                near.end.attach(Math.min(farReceived, Math.max(0, near.end.takenBytes() - near.end.retainedBytes())));
                far.end.attach(nearReceived);
            }
            case FORGETS_WHAT_WAS_ON_ITS_WAY -> {
                near.end.attach(Math.max(farReceived, near.highestSent));
                far.end.attach(nearReceived);
            }
            default -> {
                near.end.attach(farReceived);
                far.end.attach(nearReceived);
            }
        }
        release(near);
        release(far);
    }

    private void drain() throws FlowException {
        near.end.tookEnd();
        far.end.tookEnd();
        join();
        for (int i = 0; i < 100_000 && !(near.end.isOver() && far.end.isOver()) && !near.reset && !far.reset; i++) {
            Side side = random.nextBoolean() ? near : far;
            send(side);
            deliver(side);
            check();
        }
        if (!near.reset && !far.reset) {
            require(near.end.isOver() && far.end.isOver(), "both are over");
            require(near.gotEnd && far.gotEnd, "both saw the end");
            require(near.end.retainedBytes() == 0 && far.end.retainedBytes() == 0, "nothing is kept");
        }
    }

    private void check() {
        check(near, far);
        check(far, near);
    }

    private void check(Side giver, Side taker) {
        long written = giver.written.size();
        long given = taker.givenBytes;
        require(given <= written, "no more is given than was written");
        if (taker.gotEnd) {
            require(given == written && giver.end.hasEnded(), "an end comes behind all bytes");
        }
        require(taker.end.cameBytes() == given, "what came is what was given");
        require(giver.end.retainedBytes() >= written - given, "what the far end lacks is kept");
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("does not hold: " + what);
        }
    }
}
