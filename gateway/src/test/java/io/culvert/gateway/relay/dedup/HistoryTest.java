package io.culvert.gateway.relay.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

final class HistoryTest {

    private static final int MIB = 1 << 20;
    private static final int MESSAGE_BYTES = 64 << 10;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private final Random random = new Random(3);
    private final byte[] data = random(MIB);

    @Test
    void findsABitThatFlippedInTheFileOfTheReceiver() throws IOException {
        Path file = directory.resolve("received");
        try (SentHistory sent = SentHistory.open(directory.resolve("sent"), 8 * MIB);
                ReceivedHistory received = ReceivedHistory.open(file, 8 * MIB, random)) {
            sent.receiver(received.instance(), received.sizeBytes());
            TwoHistories.Link flow = new TwoHistories.Link(sent.packer(false, Mode.ON), received.unpacker());
            flow.sendAll(data, MESSAGE_BYTES);
            try (RandomAccessFile damage = new RandomAccessFile(file.toFile(), "rw")) {
                damage.seek(500_000);
                int whole = damage.read();
                damage.seek(500_000);
                damage.write(whole ^ 0x04);
            }
            assertThatThrownBy(() -> flow.sendAll(data, MESSAGE_BYTES))
                    .isInstanceOf(DamagedHistoryException.class)
                    .hasMessage("a packed message of 65536 bytes unpacks to others than were packed");
            flow.close();
        }
    }

    @Test
    void doesNotReferToBytesThatOnlyTheSenderMisremembers() throws IOException {
        try (SentHistory sent = SentHistory.open(directory.resolve("sent"), 8 * MIB);
                ReceivedHistory received = ReceivedHistory.open(MemoryRing::new, 8 * MIB, random)) {
            sent.receiver(received.instance(), received.sizeBytes());
            TwoHistories.Link flow = new TwoHistories.Link(sent.packer(false, Mode.ON), received.unpacker());
            flow.sendAll(data, MESSAGE_BYTES);
            try (RandomAccessFile damage =
                    new RandomAccessFile(directory.resolve("sent").toFile(), "rw")) {
                damage.seek(500_000);
                damage.write(random(1000));
            }
            assertThat(flow.sendAll(data, MESSAGE_BYTES)).isBetween(1000L, 20_000L);
            flow.close();
        }
    }

    @Test
    void startsOverWithAnotherInstanceOfTheReceiver() throws IOException {
        try (TwoHistories histories = new TwoHistories(8 * MIB)) {
            TwoHistories.Link before = histories.flow(false, Mode.ON);
            before.sendAll(data, MESSAGE_BYTES);
            histories.renew();
            assertThat(histories.sent.status().storedBytes()).isZero();
            Optional<Slice> packed = before.packer.pack(MIB, new Slice(data, 0, MESSAGE_BYTES));
            assertThat(packed).as("a packer of the instance before").isEmpty();
            assertThat(before.packer.stats().state()).isEqualTo(PackingState.WITHOUT_HISTORY);
            try (TwoHistories.Link after = histories.flow(false, Mode.ON)) {
                assertThat(after.sendAll(data, MESSAGE_BYTES)).isGreaterThanOrEqualTo(MIB);
                assertThat(after.sendAll(data, MESSAGE_BYTES)).isLessThan(MIB / 100);
            }
            before.close();
        }
    }

    @Test
    void keepsWhatItHasIfItIsToldTheSameInstanceAgain() throws IOException {
        try (TwoHistories histories = new TwoHistories(8 * MIB);
                TwoHistories.Link flow = histories.flow(false, Mode.ON)) {
            flow.sendAll(data, MESSAGE_BYTES);
            histories.sent.receiver(histories.received.instance(), histories.received.sizeBytes());
            assertThat(flow.sendAll(data, MESSAGE_BYTES)).isLessThan(MIB / 100);
        }
    }

    @Test
    void compressesAndNoMoreIfTheReceiverKeepsNoHistory() throws IOException {
        try (SentHistory sent = SentHistory.open(MemoryRing::new, MIB);
                ReceivedHistory received = ReceivedHistory.open(MemoryRing::new, 1, random)) {
            byte[] text = "never gonna give you up ".repeat(1000).getBytes(StandardCharsets.UTF_8);
            TwoHistories.Link unbound = new TwoHistories.Link(sent.packer(false, Mode.ON), received.unpacker());
            assertThat(unbound.send(text, 0, text.length)).isLessThan(200);
            assertThat(unbound.packer.stats().state()).isEqualTo(PackingState.WITHOUT_HISTORY);
            sent.receiver(5, 0);
            TwoHistories.Link without = new TwoHistories.Link(sent.packer(false, Mode.ON), received.unpacker());
            assertThat(without.send(text, 0, text.length)).isLessThan(200);
            assertThat(without.send(data, 0, 5000)).as("sent as it is").isEqualTo(5000);
            assertThat(sent.status()).isEqualTo(new HistoryStatus(0, 0, 0, ""));
        }
    }

    @Test
    void aFullDiskAtTheSenderEndsReferencesAndNotTheFlow() throws IOException {
        MemoryRing[] ring = new MemoryRing[1];
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        Logger logger = (Logger) LoggerFactory.getLogger(SentRing.class);
        logger.addAppender(logged);
        try (SentHistory sent = SentHistory.open(size -> ring[0] = new MemoryRing(size), 8 * MIB);
                ReceivedHistory received = ReceivedHistory.open(MemoryRing::new, 8 * MIB, random)) {
            sent.receiver(received.instance(), received.sizeBytes());
            ring[0].fillAfter(MIB + MIB / 2);
            TwoHistories.Link flow = new TwoHistories.Link(sent.packer(false, Mode.ON), received.unpacker());
            flow.sendAll(data, MESSAGE_BYTES);
            assertThat(flow.sendAll(data, MESSAGE_BYTES)).isLessThan(MIB / 100);
            assertThat(flow.sendAll(random(MIB), MESSAGE_BYTES)).isBetween((long) MIB, MIB + 4096L);
            assertThat(flow.packer.stats().state()).isEqualTo(PackingState.WITHOUT_HISTORY);
            assertThat(sent.status().failure()).isEqualTo("No space left on device");
            assertThat(flow.sendAll(data, MESSAGE_BYTES))
                    .as("no history any more")
                    .isEqualTo(MIB);
            sent.receiver(received.instance() + 1, received.sizeBytes());
            assertThat(sent.status().failure()).isEmpty();
            flow.close();
        } finally {
            logger.detachAppender(logged);
        }
        assertThat(logged.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("no dedup of what is relayed, until the gateway of either site is started anew: "
                        + "No space left on device");
    }

    @Test
    void aFullDiskAtTheReceiverIsAnIOExceptionOfTheUnpacker() throws IOException {
        MemoryRing[] ring = new MemoryRing[1];
        try (SentHistory sent = SentHistory.open(MemoryRing::new, 8 * MIB);
                ReceivedHistory received =
                        ReceivedHistory.open(size -> ring[0] = new MemoryRing(size), 8 * MIB, random)) {
            sent.receiver(received.instance(), received.sizeBytes());
            ring[0].fillAfter(MIB / 2);
            TwoHistories.Link flow = new TwoHistories.Link(sent.packer(false, Mode.ON), received.unpacker());
            assertThatThrownBy(() -> flow.sendAll(data, MESSAGE_BYTES))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(DamagedHistoryException.class)
                    .hasMessage("No space left on device");
            flow.close();
        }
    }

    @Test
    void refersToBytesOfAnotherFlowOnlyWhenTheyAreAcknowledged() throws IOException {
        try (TwoHistories histories = new TwoHistories(8 * MIB);
                FlowPacker first = histories.sent.packer(false, Mode.ON);
                FlowPacker second = histories.sent.packer(false, Mode.ON);
                FlowPacker third = histories.sent.packer(false, Mode.ON)) {
            first.pack(0, new Slice(data, 0, MESSAGE_BYTES));
            second.pack(0, new Slice(data, 0, MESSAGE_BYTES));
            assertThat(second.stats().repeatedBytes()).isZero();
            first.acknowledged(MESSAGE_BYTES - 1);
            second.acknowledged(MESSAGE_BYTES);
            first.pack(MESSAGE_BYTES, new Slice(data, 0, MESSAGE_BYTES));
            assertThat(first.stats().repeatedBytes()).as("its own").isGreaterThan(MESSAGE_BYTES - 20_000);
            third.pack(0, new Slice(data, 0, MESSAGE_BYTES));
            assertThat(third.stats().repeatedBytes()).isEqualTo(MESSAGE_BYTES);
        }
    }

    @Test
    void neverRefersToWhatAChannelThatEndedLeftUnacknowledged() throws IOException {
        try (TwoHistories histories = new TwoHistories(8 * MIB)) {
            FlowPacker broken = histories.sent.packer(false, Mode.ON);
            broken.pack(0, new Slice(data, 0, MESSAGE_BYTES));
            broken.pack(MESSAGE_BYTES, new Slice(data, MESSAGE_BYTES, MESSAGE_BYTES));
            broken.acknowledged(MESSAGE_BYTES);
            broken.close();
            broken.acknowledged(2 * MESSAGE_BYTES);
            try (FlowPacker next = histories.sent.packer(false, Mode.ON)) {
                next.pack(0, new Slice(data, 0, MESSAGE_BYTES));
                assertThat(next.stats().repeatedBytes()).isEqualTo(MESSAGE_BYTES);
                next.pack(MESSAGE_BYTES, new Slice(data, MESSAGE_BYTES, MESSAGE_BYTES));
                assertThat(next.stats().repeatedBytes()).isEqualTo(MESSAGE_BYTES);
            }
        }
    }

    @Test
    void sendsEveryByteAtOnceHoweverSmallTheMessagesAre() throws IOException {
        byte[] stream = new Nfs().copy3(Arrays.copyOf(data, 20_000), 2048, 0x7A000000);
        for (int message : new int[] {1, 3, 17, 100, 1460}) {
            try (TwoHistories histories = new TwoHistories(MIB);
                    TwoHistories.Link flow = histories.flow(true, Mode.ON)) {
                flow.sendAll(stream, message); // each is unpacked and compared when it is sent
                flow.sendAll(stream, message);
            }
        }
    }

    @Test
    void aFlowThatStallsWithoutEndIsBoundedAndDoesNotStopTheOthers() throws IOException {
        try (TwoHistories histories = new TwoHistories(MIB);
                TwoHistories.Link other = histories.flow(false, Mode.ON);
                FlowPacker stalled = histories.sent.packer(false, Mode.ON)) {
            byte[] small = random(100);
            for (int i = 0; i < 10 * Ledger.MAX_ENTRIES; i++) {
                stalled.pack(100L * i, Slice.of(small));
            }
            other.sendAll(random(4 * MIB), MESSAGE_BYTES);
            assertThat(histories.sent.status().refusedBytes()).isGreaterThan(3 * MIB);
            stalled.acknowledged(1000L * Ledger.MAX_ENTRIES);
            other.sendAll(data, MESSAGE_BYTES);
            assertThat(other.sendAll(data, MESSAGE_BYTES)).isLessThan(MIB);
        }
    }

    @Test
    void packsWithoutHistoryWhileMoreIsUnacknowledgedThanItNotes() throws IOException {
        try (TwoHistories histories = new TwoHistories(64 * MIB);
                FlowPacker packer = histories.sent.packer(false, Mode.ON)) {
            byte[] message = random(8 << 10); // a zone for each, so that nothing can be merged
            long offset = 0;
            int packed = 0;
            for (int i = 0; i < Ledger.MAX_ENTRIES + 100; i++) {
                random.nextBytes(message);
                packed += packer.pack(offset, Slice.of(message)).isPresent() ? 1 : 0;
                offset += message.length;
            }
            assertThat(packed).isBetween(Ledger.MAX_ENTRIES - 4, Ledger.MAX_ENTRIES);
            packer.acknowledged(offset);
            assertThat(packer.pack(offset, Slice.of(random(8 << 10)))).isPresent();
        }
    }

    @Test
    void manyShortFlowsDoNotWearTheRingOut() throws IOException {
        int zones = 8192;
        try (TwoHistories histories = new TwoHistories(zones * 2048)) {
            try (TwoHistories.Link first = histories.flow(false, Mode.ON)) {
                first.sendAll(data, MESSAGE_BYTES);
            }
            for (int i = 0; i < zones + 100; i++) {
                try (TwoHistories.Link flow = histories.flow(false, Mode.ON)) {
                    byte[] few = random(20);
                    flow.send(few, 0, few.length);
                }
            }
            try (TwoHistories.Link again = histories.flow(false, Mode.ON)) {
                assertThat(again.sendAll(data, MESSAGE_BYTES)).isLessThan(MIB / 100);
            }
        }
    }

    @Test
    void deletesItsFilesAndNeedsADirectory() throws IOException {
        Path file = directory.resolve("received");
        Files.write(file, new byte[5000]);
        try (ReceivedHistory received = ReceivedHistory.open(file, MIB, random)) {
            assertThat(Files.size(file)).as("what was there is gone").isZero();
            assertThat(received.sizeBytes()).isEqualTo(MIB);
        }
        assertThat(file).doesNotExist();
        assertThatThrownBy(() -> SentHistory.open(directory.resolve("no/such"), MIB))
                .isInstanceOf(IOException.class);
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
