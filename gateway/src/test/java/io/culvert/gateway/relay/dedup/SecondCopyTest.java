package io.culvert.gateway.relay.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a second copy of 16 MiB of random bytes costs, in percent of the bytes of its flow, as measured here (the test fails at
 * {@value #MOST_PERCENT}; where the data was changed, at {@value #MOST_PERCENT_CHANGED}):
 *
 * <pre>
 * WRITE3 of              1 KiB   4 KiB   8 KiB  64 KiB   1 MiB
 * synchronous             3.19    0.90    0.46    0.06    0.01
 * read in 256 KiB         1.45    0.45    0.24    0.04    0.01
 * after 64 KiB writes     3.20    0.92    0.46    0.06    0.01   synchronous
 * shifted by 777 bytes    3.21    0.94    0.48    0.08    0.03   synchronous
 * in another order        3.52    0.97    0.49    0.06    0.01   synchronous
 * a byte changed in 16 K  4.22    2.03    1.60    0.35    0.15   synchronous; the rest of a write behind the byte crosses
 * 7 bytes put in in 64 K  5.19    1.83    0.68    0.08    0.03   synchronous
 * READ3                           0.56            0.04    0.01
 * WRITE4, READ4               1.32, 1.20          0.05    0.01
 * </pre>
 *
 * <p>Not counted: what the channel and TLS add to each message.
 *
 * <p>Synchronous: a message for each write, or for each 256 KiB of a longer one. Otherwise the socket is read in pieces of 256 KiB.
 */
final class SecondCopyTest {

    private static final int DATA_BYTES = 16 << 20;
    private static final int MOST_BYTES = 256 << 10;
    private static final double MOST_PERCENT = 5;
    private static final double MOST_PERCENT_CHANGED = 6;
    private static final int[] WRITE_BYTES = {1 << 10, 4 << 10, 8 << 10, 64 << 10, 1 << 20};
    private static final byte[] DATA = random(1, DATA_BYTES);

    /** How data becomes the records of a flow. */
    private interface Form {
        byte[] record(Nfs nfs, Random random, int number, byte[] data, int from, int length);
    }

    private enum Operation implements Form {
        WRITE3 {
            @Override
            public byte[] record(Nfs nfs, Random random, int number, byte[] data, int from, int length) {
                return nfs.write3(random.nextInt(), from, data, from, length);
            }
        },
        READ3 {
            @Override
            public byte[] record(Nfs nfs, Random random, int number, byte[] data, int from, int length) {
                return nfs.read3(random.nextInt(), random.nextLong(), data, from, length);
            }
        },
        WRITE4 {
            @Override
            public byte[] record(Nfs nfs, Random random, int number, byte[] data, int from, int length) {
                return nfs.write4(random.nextInt(), number, from, data, from, length);
            }
        },
        READ4 {
            @Override
            public byte[] record(Nfs nfs, Random random, int number, byte[] data, int from, int length) {
                return nfs.read4(random.nextInt(), number, data, from, length);
            }
        }
    }

    /**
     * A case.
     *
     * @param shift bytes that the second copy has before the data
     */
    record Copy(String name, Operation operation, int firstBytes, int secondBytes, boolean synchronous, int shift) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Copy> copies() {
        List<Copy> copies = new ArrayList<>();
        for (boolean synchronous : new boolean[] {true, false}) {
            String how = synchronous ? ", synchronous" : "";
            for (int size : WRITE_BYTES) {
                String kib = (size >> 10) + " KiB" + how;
                copies.add(new Copy("WRITE3 " + kib, Operation.WRITE3, size, size, synchronous, 0));
                copies.add(new Copy("WRITE3 64 KiB, then " + kib, Operation.WRITE3, 64 << 10, size, synchronous, 0));
                copies.add(new Copy("WRITE3 shifted " + kib, Operation.WRITE3, size, size, synchronous, 777));
            }
        }
        for (Operation other : List.of(Operation.READ3, Operation.WRITE4, Operation.READ4)) {
            for (int size : new int[] {4 << 10, 64 << 10, 1 << 20}) {
                copies.add(new Copy(other + " " + (size >> 10) + " KiB", other, size, size, false, 0));
            }
        }
        copies.add(new Copy("WRITE3 8 KiB, then READ3 of it", Operation.READ3, 8 << 10, 64 << 10, false, 0));
        return copies.stream();
    }

    @ParameterizedTest
    @MethodSource("copies")
    void costsLittle(Copy copy) throws IOException {
        try (TwoHistories histories = new TwoHistories(64 << 20)) {
            try (TwoHistories.Link first = histories.flow(true, Mode.AUTO)) {
                send(first, records(copy.operation(), DATA, copy.firstBytes(), 1), copy.synchronous());
            }
            byte[] shifted = concat(random(2, copy.shift()), DATA);
            try (TwoHistories.Link second = histories.flow(true, Mode.AUTO)) {
                report(
                        copy.name(),
                        send(second, records(copy.operation(), shifted, copy.secondBytes(), 3), copy.synchronous()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void costsLittleWhenWritesComeInAnotherOrder(int writeBytes) throws IOException {
        try (TwoHistories histories = new TwoHistories(64 << 20);
                TwoHistories.Link flow = histories.flow(true, Mode.AUTO)) {
            List<byte[]> records = records(Operation.WRITE3, DATA, writeBytes, 1);
            send(flow, records, true);
            Collections.shuffle(records, new Random(5));
            report("WRITE3 " + (writeBytes >> 10) + " KiB, synchronous, in another order", send(flow, records, true));
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void costsLittleWhenBytesWereChangedInPlace(int writeBytes) throws IOException {
        byte[] changed = DATA.clone();
        for (int at = 8000; at < changed.length; at += 16 << 10) {
            changed[at] ^= 1;
        }
        report(
                "WRITE3 " + (writeBytes >> 10) + " KiB, synchronous, a byte changed in 16 KiB",
                after(changed, writeBytes),
                MOST_PERCENT_CHANGED);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void costsLittleWhenBytesWerePutIn(int writeBytes) throws IOException {
        ByteArrayOutputStream longer = new ByteArrayOutputStream(2 * DATA_BYTES);
        for (int at = 0; at < DATA.length; at += 64 << 10) {
            longer.write(DATA, at, 64 << 10);
            longer.write(DATA, 0, 7);
        }
        report(
                "WRITE3 " + (writeBytes >> 10) + " KiB, synchronous, 7 bytes put in in 64 KiB",
                after(longer.toByteArray(), writeBytes),
                MOST_PERCENT_CHANGED);
    }

    /** What the data costs in writes of a size, after that of {@link #DATA}. */
    private static double after(byte[] data, int writeBytes) throws IOException {
        try (TwoHistories histories = new TwoHistories(64 << 20);
                TwoHistories.Link flow = histories.flow(true, Mode.AUTO)) {
            send(flow, records(Operation.WRITE3, DATA, writeBytes, 1), true);
            return send(flow, records(Operation.WRITE3, data, writeBytes, 2), true);
        }
    }

    static int[] sizes() {
        return WRITE_BYTES;
    }

    @ParameterizedTest
    @MethodSource("messages")
    void costsLittleInAFlowOfAnyProtocol(int messageBytes) throws IOException {
        try (TwoHistories histories = new TwoHistories(64 << 20);
                TwoHistories.Link first = histories.flow(false, Mode.ON);
                TwoHistories.Link second = histories.flow(false, Mode.ON)) {
            first.sendAll(DATA, messageBytes);
            byte[] shifted = concat(random(2, 777), DATA);
            double percent = 100.0 * second.sendAll(shifted, messageBytes) / shifted.length;
            report("a stream in messages of " + messageBytes + " bytes, shifted", percent);
        }
    }

    static int[] messages() {
        return new int[] {1460, 16 << 10, MOST_BYTES};
    }

    private static void report(String name, double percent) {
        report(name, percent, MOST_PERCENT);
    }

    private static void report(String name, double percent, double most) {
        System.out.printf("second copy: %-60s %5.2f %%%n", name, percent);
        assertThat(percent).as(name).isLessThan(most);
    }

    private static List<byte[]> records(Operation operation, byte[] data, int writeBytes, int seed) {
        Nfs nfs = new Nfs();
        Random random = new Random(seed);
        List<byte[]> records = new ArrayList<>();
        for (int at = 0; at < data.length; at += writeBytes) {
            int length = Math.min(writeBytes, data.length - at);
            records.add(operation.record(nfs, random, records.size(), data, at, length));
        }
        return records;
    }

    /** The percentage of the bytes that crossed the line. */
    private static double send(TwoHistories.Link link, List<byte[]> records, boolean synchronous) throws IOException {
        long crossed = 0;
        long plain = 0;
        if (synchronous) {
            for (byte[] record : records) {
                crossed += link.sendAll(record, MOST_BYTES);
                plain += record.length;
            }
        } else {
            ByteArrayOutputStream stream = new ByteArrayOutputStream(DATA_BYTES + DATA_BYTES / 4);
            records.forEach(stream::writeBytes);
            crossed = link.sendAll(stream.toByteArray(), MOST_BYTES);
            plain = stream.size();
        }
        return 100.0 * crossed / plain;
    }

    private static byte[] random(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
