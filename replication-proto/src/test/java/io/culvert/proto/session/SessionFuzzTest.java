package io.culvert.proto.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.management.ThreadMXBean;
import io.culvert.proto.v1.ReceiverMessage;
import io.culvert.proto.v1.Refused;
import io.culvert.proto.v1.SenderMessage;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Whatever bytes a peer sends, a machine takes them, or refuses them with the two exceptions that its runner knows, and
 * takes no more memory than in proportion to what came. More seeds with {@code -Dculvert.fuzz.seeds=N}.
 */
final class SessionFuzzTest {

    private static final long SEEDS = Long.getLong("culvert.fuzz.seeds", 4000);
    private static final int MESSAGES = 30;

    /** Memory for each byte that came (names become records), and what an exception, or a class on its first use, takes. */
    private static final long FACTOR = 24;

    private static final long FIXED_BYTES = 1 << 20;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private interface Machine {
        void take(byte[] message) throws SessionException, InvalidProtocolBufferException;
    }

    @Test
    void aReceiverRefusesWhateverASenderCannotHaveSent() {
        fuzz(random -> new ReceivingEnd(random), SessionFuzzTest::senderMessage);
    }

    @Test
    void aSenderRefusesWhateverAReceiverCannotHaveSent() {
        fuzz(random -> new SendingEnd(random), SessionFuzzTest::receiverMessage);
    }

    private interface MachineMaker {
        Machine make(Random random) throws SessionException;
    }

    private interface MessageMaker {
        byte[] make(Random random, long ordinal);
    }

    private void fuzz(MachineMaker machines, MessageMaker messages) {
        long refused = 0;
        long taken = 0;
        long unreadable = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            try {
                Machine machine = machines.make(random);
                for (int i = 0; i < MESSAGES; i++) {
                    take(machine, mutated(random, messages.make(random, i)));
                    taken++;
                }
            } catch (SessionException e) {
                refused++;
            } catch (InvalidProtocolBufferException e) {
                unreadable++;
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e, e);
            }
        }
        assertThat(List.of(refused, taken, unreadable))
                .allSatisfy(count -> assertThat(count).isGreaterThan(SEEDS / 50));
    }

    private void take(Machine machine, byte[] message) throws SessionException, InvalidProtocolBufferException {
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            machine.take(message);
        } finally {
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(allocated)
                    .as("bytes of memory for a message of %d", message.length)
                    .isLessThan(FIXED_BYTES + FACTOR * message.length);
        }
    }

    /** The message as it is, or changed a little, or other bytes. */
    private static byte[] mutated(Random random, byte[] message) {
        byte[] bytes = message.clone();
        switch (random.nextInt(12)) {
            case 0 -> {
                bytes = new byte[random.nextInt(200)];
                random.nextBytes(bytes);
            }
            case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            case 2 -> {
                for (int i = 0; i < 1 + random.nextInt(4) && bytes.length > 0; i++) {
                    bytes[random.nextInt(Math.min(bytes.length, 24))] = (byte) random.nextInt();
                }
            }
            case 3 -> {
                if (bytes.length > 0) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 4 -> {
                byte[] twice = Arrays.copyOf(bytes, bytes.length * 2);
                System.arraycopy(bytes, 0, twice, bytes.length, bytes.length);
                bytes = twice;
            }
            default -> {}
        }
        return bytes;
    }

    private static int[] bits(Random random, int count) {
        return random.ints(random.nextInt(4), 0, count + 1).sorted().distinct().toArray();
    }

    private static byte[] senderMessage(Random random, long ordinal) {
        SenderMessage message = switch (random.nextInt(8)) {
            case 0 -> Messages.of(Messages.begin(random.nextInt(), random.nextLong()));
            case 1 -> Messages.of(Messages.commit());
            case 2, 3 ->
                Messages.segment(
                        random.nextInt(300),
                        LongStream.generate(() -> random.nextInt(8) == 0 ? random.nextLong() : 1)
                                .limit(random.nextInt(5))
                                .toArray());
            default ->
                Messages.query(
                        random.nextInt(8) == 0 ? random.nextLong() : ordinal * 4,
                        Messages.refs(random.nextInt(), 4),
                        random.nextInt(8) == 0);
        };
        return message.toByteArray();
    }

    private static byte[] receiverMessage(Random random, long ordinal) {
        ReceiverMessage message = switch (random.nextInt(10)) {
            case 0 -> Messages.accepted(random.nextLong());
            case 1 -> Messages.committed("snapshot");
            case 2 -> Messages.refused(Refused.Code.forNumber(random.nextInt(9)), "no");
            case 3 -> Messages.acknowledged(random.nextInt(40), random.nextInt(4000));
            default ->
                Messages.missing(
                        random.nextInt(20) == 0 ? random.nextLong() : ordinal * 4,
                        random.nextInt(20) == 0 ? random.nextInt() : 4,
                        bits(random, 4));
        };
        return message.toByteArray();
    }

    /** A receiver that is open, and answers and forces now and then. */
    private static final class ReceivingEnd implements Machine {
        private final ReceiverSession session = new ReceiverSession();
        private final Random random;

        ReceivingEnd(Random random) throws SessionException {
            this.random = random;
            if (random.nextInt(10) != 0) {
                session.receive(Messages.of(Messages.begin()));
                session.accept(1 + random.nextInt(1000));
            }
        }

        @Override
        public void take(byte[] message) throws SessionException, InvalidProtocolBufferException {
            switch (session.receive(SenderMessage.parseFrom(message))) {
                case ReceiverEffect.Lookup lookup -> {
                    BitSet missing = new BitSet();
                    for (int i = 0; i < lookup.refs().size(); i++) {
                        missing.set(i, random.nextBoolean());
                    }
                    session.lookedUp(missing);
                }
                case ReceiverEffect.Store store -> session.forced(1);
                case ReceiverEffect.Check check -> session.accept(1000);
                case ReceiverEffect.Publish publish -> session.published("id");
                case ReceiverEffect.Send send -> throw new IllegalStateException("nothing is sent unasked");
            }
        }
    }

    /** A sender with many open questions, which sends whatever turns out to be missing. */
    private static final class SendingEnd implements Machine {
        private final SenderSession session = new SenderSession();

        SendingEnd(Random random) throws SessionException {
            session.begin(Messages.begin());
            if (random.nextInt(10) != 0) {
                session.receive(Messages.accepted(1 + random.nextInt(1000)));
                for (int i = 0; i < MESSAGES; i++) {
                    session.query(Messages.refs(i * 4L, 4), random.nextInt(8) == 0);
                }
            }
        }

        @Override
        public void take(byte[] message) throws SessionException, InvalidProtocolBufferException {
            switch (session.receive(ReceiverMessage.parseFrom(message))) {
                case SenderEffect.Resolved resolved -> {
                    List<Long> ordinals = new ArrayList<>();
                    resolved.missing().stream().forEach(bit -> ordinals.add(resolved.first() + bit));
                    boolean owed = !ordinals.isEmpty() && session.maySend(10);
                    if (owed) {
                        sendIfOwed(ordinals);
                    }
                }
                case SenderEffect.Accepted accepted -> {}
                case SenderEffect.Acknowledged acknowledged -> {}
                case SenderEffect.Committed committed -> {}
                case SenderEffect.Send send -> throw new IllegalStateException("a reply sends nothing");
            }
        }

        /** What answers a closure question is not owed, which the machine says by refusing the call. */
        private void sendIfOwed(List<Long> ordinals) {
            try {
                session.segment(ordinals, 0, Messages.payload(10));
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("is not owed");
            }
        }
    }

    @Test
    void aMessageThatPromisesMoreThanItHoldsTakesNoMemory() {
        byte[] promises = {0x12, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0x7f, 0x12, 0x01, 0x00};
        ReceiverSession session = new ReceiverSession();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10; i++) {
            try {
                session.receive(SenderMessage.parseFrom(promises));
                throw new AssertionError("a torn message was taken");
            } catch (InvalidProtocolBufferException | SessionException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4 << 20);
    }

    @Test
    void theLongestQuestionTakesMemoryInProportion() throws SessionException, InvalidProtocolBufferException {
        Random random = new Random(1);
        ReceiverSession session = new ReceiverSession();
        session.receive(Messages.of(Messages.begin()));
        session.accept(1000);
        byte[] longest = Messages.query(0, Messages.refs(random.nextInt(), SessionLimits.MAX_REFS), false)
                .toByteArray();
        take(message -> session.receive(SenderMessage.parseFrom(message)), longest);
        byte[] beyond = Messages.query(SessionLimits.MAX_REFS, Messages.refs(1, 100 * SessionLimits.MAX_REFS), false)
                .toByteArray();
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            session.receive(SenderMessage.parseFrom(beyond));
            throw new AssertionError("too long a question was taken");
        } catch (SessionException e) {
            assertThat(e).hasMessageContaining("are allowed");
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(beyond.length + FIXED_BYTES);
    }
}
