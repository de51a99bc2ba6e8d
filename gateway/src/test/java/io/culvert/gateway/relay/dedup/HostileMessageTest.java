package io.culvert.gateway.relay.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packed messages from somebody who means harm. {@code -Dculvert.fuzz.seeds=N} runs more. */
final class HostileMessageTest {

    private static final int SEEDS = Integer.getInteger("culvert.fuzz.seeds", 6000);

    /** What a message may allocate: its plain bytes, its literals, and a little for each of its own bytes. */
    private static final long MOST_ALLOCATED_BYTES = 3 * PackedMessage.MAX_PLAIN_BYTES;

    private static final int PER_BYTE = 64;

    @Test
    void messagesThatAreMutatedOrMadeUpGiveBytesOrTheNamedExceptionAndAllocateLittle() throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<byte[]> honest = honest();
        int damaged = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            byte[] message = random.nextInt(4) == 0
                    ? madeUp(random)
                    : mutated(random, honest.get(random.nextInt(honest.size())));
            try (ReceivedHistory history = ReceivedHistory.open(MemoryRing::new, 4096, random)) {
                FlowUnpacker unpacker = history.unpacker();
                long before = threads.getCurrentThreadAllocatedBytes();
                try {
                    Slice plain = unpacker.unpack(Slice.of(message));
                    assertThat(plain.length()).isLessThanOrEqualTo(PackedMessage.MAX_PLAIN_BYTES);
                } catch (DamagedHistoryException expected) {
                    damaged++;
                } catch (IOException | RuntimeException | Error other) {
                    throw new AssertionError("seed " + seed + ": " + other, other);
                }
                long allocated = threads.getCurrentThreadAllocatedBytes() - before;
                assertThat(allocated)
                        .as("seed %d: allocated for %d bytes", seed, message.length)
                        .isLessThan(MOST_ALLOCATED_BYTES + (long) PER_BYTE * message.length);
            }
        }
        assertThat(damaged).isBetween(SEEDS / 4, SEEDS - 1);
    }

    @ParameterizedTest
    @CsvSource({
        "'', ends after 0 bytes",
        "80, flags 128",
        "00, ends after 1 bytes",
        "0000, within 1..262144",
        "00808010, ends after 4 bytes",
        "00818010, 'must be within 1..262144, is 262145'",
        "00ffffffffffffffffff7f, must be within",
        "00ffffffffffffffffffff01, more than 64 bits",
        "000402, 'within 1..4, is 0'",
        "0004, ends after 2 bytes",
        "00042a, 'within 1..4, is 5'",
        "000425, operation of kind 5",
        "000421, ends after 3 bytes",
        "00042100, 'changes a header of 4 bytes, none is known'",
        "00042061, 'has 1 bytes of literals, its operations take 4'",
        "000424, ends after 3 bytes",
        "00042400, references and no digest",
        "01040000000000000000000000000000000024 00, 'refers to 0 + 4, the history has 0..0'",
        "0104000000000000000000000000000000002401, names the position -1",
        "00042301, names the position -1",
        "000423feffffffffffffffff01, names the position",
        "02042261, cannot be decompressed",
    })
    void saysWhatIsWrong(String hex, String what) throws IOException {
        byte[] message = HexFormat.of().parseHex(hex.replace(" ", ""));
        try (ReceivedHistory history = ReceivedHistory.open(MemoryRing::new, 4096, new Random(1))) {
            FlowUnpacker unpacker = history.unpacker();
            assertThatThrownBy(() -> unpacker.unpack(Slice.of(message)))
                    .isInstanceOf(DamagedHistoryException.class)
                    .hasMessageContaining(what);
        }
    }

    /** Messages of every kind, from a flow that repeats itself. */
    private static List<byte[]> honest() throws IOException {
        List<byte[]> messages = new ArrayList<>();
        byte[] data = new byte[30_000];
        new Random(9).nextBytes(data);
        Arrays.fill(data, 20_000, 26_000, (byte) 'x');
        Nfs nfs = new Nfs();
        try (SentHistory sent = SentHistory.open(MemoryRing::new, 64 << 10)) {
            sent.receiver(1, 64 << 10);
            FlowPacker packer = sent.packer(true, Mode.ON);
            long offset = 0;
            for (int i = 0; i < 40; i++) {
                byte[] record = nfs.write3(0x7A000000 + i, 1L << 33, data, i % 10 * 2500, 2500);
                packer.pack(offset, Slice.of(record)).ifPresent(message -> messages.add(message.toArray()));
                offset += record.length;
                packer.acknowledged(offset);
            }
        }
        return messages;
    }

    private static byte[] mutated(Random random, byte[] honest) {
        byte[] message = Arrays.copyOf(honest, random.nextInt(5) == 0 ? random.nextInt(honest.length) : honest.length);
        for (int i = random.nextInt(4); i > 0 && message.length > 0; i--) {
            int at = random.nextInt(random.nextBoolean() ? Math.min(40, message.length) : message.length);
            message[at] = (byte) random.nextInt();
        }
        return message;
    }

    private static byte[] madeUp(Random random) {
        byte[] message = new byte[random.nextInt(60)];
        random.nextBytes(message);
        if (message.length > 3) {
            message[0] = (byte) random.nextInt(4);
            message[1] = (byte) (random.nextInt(256) | 0x80);
            message[2] = (byte) random.nextInt(256);
        }
        return message;
    }
}
