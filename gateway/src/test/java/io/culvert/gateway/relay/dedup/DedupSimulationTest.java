package io.culvert.gateway.relay.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Many flows between two gateways whose history is so small that it goes round all the time. Messages of different flows arrive in
 * any order, some flows stall, acknowledgements come late or never, channels break in the middle and are replayed, messages of a
 * broken channel arrive late, the receiver loses its history, the sender's disk fills up. After each message:
 *
 * <ol>
 *   <li>it unpacks to exactly the bytes that were packed, and without an exception (but for messages of a broken channel, which may
 *       have one);
 *   <li>a packed message is at most 64 bytes longer than its bytes.
 * </ol>
 *
 * {@code -Dculvert.dedup.seeds=N} runs more; {@code -Dculvert.dedup.seed=N} runs one.
 */
final class DedupSimulationTest {

    private static final int SEEDS = Integer.getInteger("culvert.dedup.seeds", 1000);
    private static final int STEPS = 400;
    private static final int WINDOW = 8;

    private long repeated;
    private long refused;
    private long plain;
    private long lateFailures;

    @Test
    void unpacksExactlyWhatWasPackedWhateverTheOrderOfFlowsIs() {
        Integer only = Integer.getInteger("culvert.dedup.seed");
        int first = only == null ? 0 : only;
        int end = only == null ? SEEDS : only + 1;
        for (int seed = first; seed < end; seed++) {
            try {
                new World(seed).run();
            } catch (IOException | RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
            }
        }
        System.out.printf(
                "%d seeds: %d MiB, %d MiB of it repeats, %d MiB refused, %d late messages refused%n",
                end - first, plain >> 20, repeated >> 20, refused >> 20, lateFailures);
        if (only == null) {
            assertThat(repeated).as("it did find repeats").isGreaterThan(plain / 10);
            assertThat(refused)
                    .as("the ring did go round into what was not acknowledged")
                    .isPositive();
        }
    }

    /** A message on its way. */
    private record Sent(long offset, byte[] plain, Optional<Slice> packed) {}

    /** One channel of a flow. */
    private static final class Line {
        final FlowPacker packer;
        final FlowUnpacker unpacker;
        final ArrayDeque<Sent> underWay = new ArrayDeque<>();
        long sentBytes;
        long unpackedBytes;
        boolean stalled;

        Line(FlowPacker packer, FlowUnpacker unpacker, long offset) {
            this.packer = packer;
            this.unpacker = unpacker;
            sentBytes = offset;
            unpackedBytes = offset;
        }
    }

    private static final class Relayed {
        final boolean rpc;
        byte[] content = new byte[0];
        long acknowledgedBytes;
        Line line;

        Relayed(boolean rpc, Line line) {
            this.rpc = rpc;
            this.line = line;
        }
    }

    private final class World {
        private final Random random;
        private final byte[] library = new byte[48_000];
        private final Nfs nfs = new Nfs();
        private final int sentSize;
        private final int receivedSize;
        private final boolean prompt;
        private final SentHistory sent;
        private final List<Relayed> flows = new ArrayList<>();
        private final List<Line> broken = new ArrayList<>();
        private ReceivedHistory received;

        World(int seed) throws IOException {
            random = new Random(seed);
            random.nextBytes(library);
            prompt = random.nextBoolean();
            sentSize = ringBytes();
            receivedSize = random.nextBoolean() ? sentSize : ringBytes();
            sent = SentHistory.open(this::sentRing, sentSize);
            received = receiver();
        }

        private int ringBytes() {
            return random.nextInt(4000, 8000) << random.nextInt(10);
        }

        private RingStorage sentRing(long size) {
            MemoryRing ring = new MemoryRing(size);
            if (random.nextInt(20) == 0) {
                ring.fillAfter(random.nextInt(200_000));
            }
            return ring;
        }

        private ReceivedHistory receiver() throws IOException {
            ReceivedHistory history = ReceivedHistory.open(MemoryRing::new, receivedSize, random);
            sent.receiver(history.instance(), history.sizeBytes());
            return history;
        }

        void run() throws IOException {
            for (int step = 0; step < STEPS; step++) {
                step();
            }
            for (Relayed flow : flows) {
                while (!flow.line.underWay.isEmpty()) {
                    deliver(flow.line);
                }
                end(flow);
            }
            refused += sent.status().refusedBytes();
            received.close();
            sent.close();
        }

        private void step() throws IOException {
            int what = random.nextInt(100);
            if (flows.isEmpty() || flows.size() < 7 && what < 3) {
                boolean rpc = random.nextBoolean();
                flows.add(new Relayed(rpc, line(rpc, 0)));
                return;
            }
            Relayed flow = flows.get(random.nextInt(flows.size()));
            if (what < 35) {
                if (flow.line.underWay.size() < WINDOW) {
                    send(flow);
                }
            } else if (what < 70) {
                if (!flow.line.stalled && !flow.line.underWay.isEmpty()) {
                    deliver(flow.line);
                    if (prompt) {
                        acknowledge(flow);
                    }
                }
            } else if (what < 90) {
                acknowledge(flow);
            } else if (what < 94) {
                flow.line.stalled = random.nextInt(8) == 0;
            } else if (what < 97) {
                breakChannel(flow);
            } else if (what < 98) {
                end(flow);
                flows.remove(flow);
            } else if (what < 99) {
                late();
            } else if (random.nextInt(4) == 0) {
                renew();
            }
        }

        private Line line(boolean rpc, long offset) {
            Mode mode = random.nextInt(8) == 0 ? Mode.AUTO : Mode.ON;
            return new Line(sent.packer(rpc, mode), received.unpacker(), offset);
        }

        private void send(Relayed flow) {
            Line line = flow.line;
            int length = 1 + random.nextInt(random.nextInt(3) == 0 ? 20_000 : 2000);
            while (flow.content.length < line.sentBytes + length) {
                more(flow);
            }
            byte[] plainBytes = Arrays.copyOfRange(flow.content, (int) line.sentBytes, (int) line.sentBytes + length);
            int margin = random.nextInt(3);
            byte[] around = new byte[length + margin + 2];
            System.arraycopy(plainBytes, 0, around, margin, length);
            Optional<Slice> packed = line.packer.pack(line.sentBytes, new Slice(around, margin, length));
            packed.ifPresent(message ->
                    assertThat(message.length()).isLessThanOrEqualTo(length + PackedMessage.MAX_GROWTH_BYTES));
            line.underWay.add(new Sent(line.sentBytes, plainBytes, packed));
            line.sentBytes += length;
        }

        /** Appends something to what a flow has to say. */
        private void more(Relayed flow) {
            byte[] piece;
            switch (random.nextInt(8)) {
                case 0 -> {
                    piece = new byte[1 + random.nextInt(2000)];
                    random.nextBytes(piece);
                }
                case 1 -> piece = new byte[1 + random.nextInt(3000)];
                default -> {
                    int from = random.nextInt(library.length - 100);
                    from -= random.nextBoolean() ? from % 1500 : 0;
                    piece = Arrays.copyOfRange(
                            library, from, from + 1 + random.nextInt(Math.min(40_000, library.length - from)));
                }
            }
            byte[] said = flow.rpc ? nfs.write3(random.nextInt(), random.nextInt(), piece, 0, piece.length) : piece;
            int before = flow.content.length;
            flow.content = Arrays.copyOf(flow.content, before + said.length);
            System.arraycopy(said, 0, flow.content, before, said.length);
        }

        private void deliver(Line line) throws IOException {
            Sent message = line.underWay.remove();
            if (message.packed().isPresent()) {
                byte[] unpacked = line.unpacker.unpack(message.packed().get()).toArray();
                assertThat(Arrays.equals(unpacked, message.plain()))
                        .as("exact bytes")
                        .isTrue();
            }
            line.unpackedBytes = message.offset() + message.plain().length;
        }

        private void acknowledge(Relayed flow) {
            flow.acknowledgedBytes = Math.max(flow.acknowledgedBytes, flow.line.unpackedBytes);
            flow.line.packer.acknowledged(flow.acknowledgedBytes);
        }

        private void breakChannel(Relayed flow) {
            close(flow.line);
            broken.add(flow.line);
            if (random.nextBoolean()) { // what it unpacked after its last word
                flow.acknowledgedBytes = Math.max(flow.acknowledgedBytes, flow.line.unpackedBytes);
            }
            flow.line = line(flow.rpc, flow.acknowledgedBytes);
        }

        private void end(Relayed flow) {
            if (random.nextBoolean()) {
                acknowledge(flow);
            }
            close(flow.line);
        }

        private void close(Line line) {
            Stats stats = line.packer.stats();
            plain += stats.plainBytes();
            repeated += stats.repeatedBytes();
            line.packer.close();
        }

        /** A message of a channel whose sender has given it up already. */
        private void late() {
            if (broken.isEmpty()) {
                return;
            }
            Line line = broken.get(random.nextInt(broken.size()));
            try {
                if (!line.underWay.isEmpty()) {
                    deliver(line);
                }
            } catch (IOException refusedMessage) {
                lateFailures++;
                broken.remove(line);
            }
        }

        private void renew() throws IOException {
            refused += sent.status().refusedBytes();
            received.close();
            received = receiver();
            broken.clear();
            for (Relayed flow : flows) {
                close(flow.line);
                flow.line = line(flow.rpc, flow.acknowledgedBytes);
            }
        }
    }
}
