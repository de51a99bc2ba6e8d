package io.culvert.proto.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.frame.BytePool;
import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.ProtocolException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One seeded life of two machines. Invariants, checked at each step: messages of a class arrive in order, whole and
 * once; the receiving machine (which counts by itself) never sees more than its credit; a channel whose receiver has
 * stopped stops no other, however little there is for windows; at the end everything sent in a channel that was not reset has arrived, and both machines
 * have forgotten every channel.
 */
final class MuxSimulation {

    private static final int STEPS = 400;
    private static final int MAX_CHANNELS = 8;
    private static final int DRAIN_ROUNDS = 100_000;

    /** What one side knows of one direction of one channel. */
    private static final class Flow {
        final ChannelKind kind;
        final ArrayDeque<byte[]> bulk = new ArrayDeque<>();
        final ArrayDeque<byte[]> urgent = new ArrayDeque<>();
        final ArrayDeque<Effect.Delivered> unconsumed = new ArrayDeque<>();
        boolean finishSent;
        boolean finishSeen;
        boolean stalled;

        Flow(ChannelKind kind) {
            this.kind = kind;
        }
    }

    private final class End {
        final Side side;
        final Mux mux;
        final ArrayDeque<Frame> wire = new ArrayDeque<>();
        final Map<Long, Flow> sent = new HashMap<>();

        End(Side side, String site, String peer) {
            this.side = side;
            this.mux = new Mux(side, Hello.of(site, 1), peer, new BytePool(), budget);
        }

        Flow flow(long id) {
            return Objects.requireNonNull(sent.get(id));
        }
    }

    private final SplittableRandom random;
    /** Of both, and in many lives too small for them. */
    private final WindowBudget budget;

    private final End a;
    private final End b;
    private final List<Long> open = new ArrayList<>();
    private final List<Long> reset = new ArrayList<>();

    MuxSimulation(long seed) {
        random = new SplittableRandom(seed);
        budget = new WindowBudget(1 << random.nextInt(18, 26));
        a = new End(Side.DIALER, "seoul", "busan");
        b = new End(Side.ACCEPTOR, "busan", "seoul");
    }

    void run() {
        a.mux.greet();
        b.mux.greet();
        for (int i = 0; i < STEPS; i++) {
            step();
        }
        // The stalled stay stalled: what others have sent must arrive all the same.
        drain(false);
        checkAllArrived(flow -> !flow.stalled);
        for (long id : open) {
            flows(id).forEach(flow -> flow.stalled = false);
        }
        drain(true);
        checkAllArrived(flow -> true);
        for (long id : open) {
            for (End end : List.of(a, b)) {
                Flow flow = end.sent.get(id);
                if (flow != null && !flow.finishSent && !reset.contains(id)) {
                    flow.finishSent = true;
                    end.mux.finish(id);
                }
            }
        }
        drain(true);
        assertThat(a.mux.openChannels()).as("channels that a remembers").isZero();
        assertThat(b.mux.openChannels()).as("channels that b remembers").isZero();
        assertThat(budget.lentBytes()).as("lent to windows").isZero();
    }

    private void step() {
        End end = random.nextBoolean() ? a : b;
        switch (random.nextInt(12)) {
            case 0 -> open(end);
            case 1, 2, 3 -> send(end, false);
            case 4 -> send(end, true);
            case 5, 6 -> write(end);
            case 7, 8 -> deliver(end);
            case 9 -> consume(end);
            case 10 -> rare(end);
            default -> ping(end);
        }
    }

    private void ping(End end) {
        if (random.nextInt(4) == 0) {
            end.mux.ping(random.nextLong() >>> 1);
        }
    }

    private void open(End end) {
        if (end.mux.canOpen() && open.size() < MAX_CHANNELS) {
            ChannelKind kind = ChannelKind.values()[random.nextInt(ChannelKind.values().length)];
            long id = end.mux.open(kind, Slice.of(new byte[random.nextInt(64)]));
            assertThat(end.side.owns(id)).isTrue();
            open.add(id);
            end.sent.put(id, new Flow(kind));
        }
    }

    private @Nullable Long any(End end) {
        List<Long> mine = open.stream().filter(end.sent::containsKey).toList();
        return mine.isEmpty() ? null : mine.get(random.nextInt(mine.size()));
    }

    private void send(End end, boolean urgent) {
        Long id = any(end);
        if (id == null || !end.mux.canSend(id) || !end.mux.hasRoom(id, urgent)) {
            return;
        }
        Flow flow = end.flow(id);
        int max = urgent ? Limits.MAX_URGENT_BYTES : flow.kind.maxMessageBytes();
        int length = random.nextInt(30) == 0 ? random.nextInt(max + 1) : random.nextInt(Math.min(max, 8000));
        byte[] message = new byte[length];
        random.nextBytes(message);
        end.mux.send(id, Slice.of(message), urgent);
        (urgent ? flow.urgent : flow.bulk).add(message);
    }

    private void write(End end) {
        for (int n = random.nextInt(20); n >= 0; n--) {
            Outgoing next = end.mux.next(4096 << random.nextInt(7), random.nextInt(5) == 0);
            if (next == null) {
                return;
            }
            end.wire.add(next.frame());
        }
    }

    /** Frames that this end wrote reach the other one. */
    private void deliver(End from) {
        for (int n = random.nextInt(20); n >= 0 && !from.wire.isEmpty(); n--) {
            deliverOne(from);
        }
    }

    private void deliverOne(End from) {
        End to = from == a ? b : a;
        Frame frame = from.wire.remove();
        // As on the wire: the receiver owns its copy, which its pool may take.
        Frame copy = new Frame(
                frame.channel(),
                frame.kind(),
                frame.flags(),
                frame.code(),
                frame.value(),
                Slice.of(frame.payload().toArray()));
        try {
            to.mux.receive(copy).forEach(effect -> happened(from, to, effect));
        } catch (ProtocolException e) {
            throw new AssertionError("a violation between two good machines: " + e.getMessage(), e);
        }
    }

    private void happened(End from, End to, Effect effect) {
        switch (effect) {
            case Effect.Opened opened -> to.sent.put(opened.channel(), new Flow(opened.kind()));
            case Effect.Delivered delivered -> arrived(from.flow(delivered.channel()), delivered);
            case Effect.Finished finished -> {
                Flow flow = from.flow(finished.channel());
                assertThat(flow.bulk).as("messages behind the finish").isEmpty();
                assertThat(flow.urgent).as("urgent messages behind the finish").isEmpty();
                flow.finishSeen = true;
            }
            case Effect.Reset resetSeen -> assertThat(reset).contains(resetSeen.channel());
            case Effect.Greeted greeted -> assertThat(greeted.version()).isEqualTo(Hello.VERSION);
            case Effect.Ponged ignored -> {}
            case Effect.Ended ended -> throw new AssertionError("ended: " + ended.reason());
        }
    }

    private static void arrived(Flow flow, Effect.Delivered delivered) {
        byte[] expected = (delivered.urgent() ? flow.urgent : flow.bulk).poll();
        assertThat(expected).as("a message that was never sent").isNotNull();
        assertThat(delivered.message()).isEqualTo(Slice.of(expected));
        flow.unconsumed.add(delivered);
    }

    private void consume(End end) {
        Long id = any(end);
        if (id != null) {
            consume(end, id, 1 + random.nextInt(8));
        }
    }

    private boolean consume(End end, long id, int count) {
        End other = end == a ? b : a;
        Flow flow = other.sent.get(id);
        boolean any = false;
        for (int n = 0; flow != null && !flow.stalled && n < count && !flow.unconsumed.isEmpty(); n++) {
            Effect.Delivered taken = flow.unconsumed.remove();
            end.mux.consumed(id, taken.creditBytes(), taken.urgent());
            any = true;
        }
        return any;
    }

    private void rare(End end) {
        Long id = any(end);
        if (id == null) {
            return;
        }
        switch (random.nextInt(6)) {
            case 0 -> {
                if (!reset.contains(id) && end.mux.canSend(id)) {
                    end.flow(id).finishSent = true;
                    end.mux.finish(id);
                }
            }
            case 1 -> {
                if (!reset.contains(id) && random.nextInt(3) == 0) {
                    end.mux.reset(id, ResetCode.CANCELLED, "for a change");
                    reset.add(id);
                }
            }
            case 2 -> end.flow(id).stalled = true;
            default -> end.flow(id).stalled = false;
        }
    }

    private List<Flow> flows(long id) {
        List<Flow> flows = new ArrayList<>();
        for (End end : List.of(a, b)) {
            Flow flow = end.sent.get(id);
            if (flow != null) {
                flows.add(flow);
            }
        }
        return flows;
    }

    /** Runs until nothing moves any more. */
    private void drain(boolean all) {
        for (int round = 0; round < DRAIN_ROUNDS; round++) {
            boolean moved = false;
            for (End end : List.of(a, b)) {
                Outgoing next;
                while ((next = end.mux.next(Frame.MAX_PAYLOAD_BYTES, false)) != null) {
                    end.wire.add(next.frame());
                    moved = true;
                }
                while (!end.wire.isEmpty()) {
                    deliverOne(end);
                    moved = true;
                }
                for (long id : open) {
                    moved |= consume(end, id, Integer.MAX_VALUE);
                }
            }
            if (!moved) {
                assertThat(all && (a.mux.hasNext() || b.mux.hasNext()))
                        .as("frames that cannot go")
                        .isFalse();
                return;
            }
        }
        throw new AssertionError("it never comes to rest");
    }

    private void checkAllArrived(java.util.function.Predicate<Flow> which) {
        for (long id : open) {
            if (reset.contains(id)) {
                continue;
            }
            for (Flow flow : flows(id)) {
                if (which.test(flow)) {
                    assertThat(flow.bulk)
                            .as("bulk of channel %d that did not arrive", id)
                            .isEmpty();
                    assertThat(flow.urgent)
                            .as("urgent of channel %d that did not arrive", id)
                            .isEmpty();
                    assertThat(flow.finishSeen).as("finish of channel %d", id).isEqualTo(flow.finishSent);
                }
            }
        }
    }
}
