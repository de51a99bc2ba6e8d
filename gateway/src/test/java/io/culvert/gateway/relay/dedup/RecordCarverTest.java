package io.culvert.gateway.relay.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RecordCarverTest {

    private final Nfs nfs = new Nfs();

    @ParameterizedTest
    @ValueSource(ints = {1024, 1025, 1027, 4096, 8192, 65_536, 100_001, 1 << 20})
    void findsThePayloadOfReadsAndWritesOfVersions3And4(int length) {
        byte[] data = random(length, length);
        List<byte[]> records = List.of(
                nfs.write3(0x7A000001, 1L << 33, data, 0, length),
                nfs.read3(0x7A000002, 99, data, 0, length),
                nfs.write4(0x7A000003, 5, 1L << 33, data, 0, length),
                nfs.read4(0x7A000004, 6, data, 0, length));
        for (byte[] record : records) {
            assertThat(payload(new RecordCarver(), record, record.length)).isEqualTo(data);
        }
    }

    @Test
    void callsWithoutPayloadAreHeadersOfARecordEach() {
        byte[] stream = concat(nfs.getattr3(0x7A000001), nfs.getattr3(0x7A000002), nfs.getattr3(0x7A000003));
        List<Run> runs = new ArrayList<>();
        new RecordCarver().carve(stream, 0, stream.length, runs);
        assertThat(runs).hasSize(3).allMatch(run -> !run.payload() && run.lengthBytes() == stream.length / 3);
    }

    @Test
    void coversEveryByteOnceWhereverTheStreamIsCut() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            byte[] stream = new byte[0];
            for (int i = 0; i < 12; i++) {
                byte[] data = random(random.nextInt(), 1024 + random.nextInt(6000));
                content.writeBytes(data);
                int xid = 0x7A000000 + i;
                stream = concat(
                        stream,
                        nfs.getattr3(xid),
                        switch (random.nextInt(4)) {
                            case 0 -> nfs.write3(xid, 1L << 33, data, 0, data.length);
                            case 1 -> nfs.read3(xid, 99, data, 0, data.length);
                            case 2 -> nfs.write4(xid, i, 1L << 33, data, 0, data.length);
                            default -> nfs.read4(xid, i, data, 0, data.length);
                        });
            }
            RecordCarver carver = new RecordCarver();
            int payload = 0;
            for (int at = 0; at < stream.length; ) {
                int to = Math.min(stream.length, at + 1 + random.nextInt(1500));
                List<Run> runs = new ArrayList<>();
                carver.carve(stream, at, to, runs);
                for (Run run : runs) {
                    assertThat(run.from()).as("seed %d", seed).isEqualTo(at);
                    at += run.lengthBytes();
                    payload += run.payload() ? run.lengthBytes() : 0;
                }
                assertThat(at).as("seed %d", seed).isEqualTo(to);
            }
            assertThat(payload)
                    .as("seed %d: bytes of payload", seed)
                    .isBetween(content.size() - 200, content.size() + 200);
        }
    }

    @Test
    void takesAStreamWithoutRecordMarksForPayload() {
        byte[] stream = "SSH-2.0-OpenSSH_9.2p1 and so on, which has no marks at all, and goes on for long"
                .getBytes(StandardCharsets.UTF_8);
        assertThat(payload(new RecordCarver(), stream, 10)).hasSize(stream.length - 4);
    }

    @Test
    void findsTheRecordsAgainAfterABeginInTheMiddleOfOne() {
        byte[] data = random(3, 65_536);
        byte[] first = nfs.write3(0x7A000001, 1L << 33, data, 0, data.length);
        byte[] stream = concat(
                Arrays.copyOfRange(first, 30_000, first.length),
                nfs.write3(0x7A000002, 1L << 34, data, 0, data.length));
        List<Run> runs = new ArrayList<>();
        new RecordCarver().carve(stream, 0, stream.length, runs);
        assertThat(runs.getLast()).isEqualTo(new Run(true, stream.length - data.length, data.length, true));
        byte[] reply = nfs.read3(0x7A000002, 7, data, 0, data.length);
        stream = concat(Arrays.copyOfRange(reply, 30_000, reply.length), reply);
        runs.clear();
        new RecordCarver().carve(stream, 0, stream.length, runs);
        assertThat(runs.getLast()).isEqualTo(new Run(true, stream.length - data.length, data.length, true));
    }

    @Test
    void takesTheRestOfAFragmentForPayloadIfTheRecordHasMore() {
        byte[] data = random(4, 200_000);
        byte[] record = nfs.write3(0x7A000001, 1L << 33, data, 0, data.length);
        byte[] head = Arrays.copyOfRange(record, 4, 65_540);
        byte[] rest = Arrays.copyOfRange(record, 65_540, record.length);
        byte[] stream = concat(mark(head.length), head, mark(0x8000_0000 | rest.length), rest);
        byte[] payload = payload(new RecordCarver(), stream, stream.length);
        assertThat(payload.length).isGreaterThan(data.length - 2 * RecordCarver.SCAN_BYTES);
    }

    private static byte[] mark(int word) {
        return ByteBuffer.allocate(4).putInt(word).array();
    }

    private static byte[] payload(RecordCarver carver, byte[] stream, int pieceBytes) {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        for (int at = 0; at < stream.length; at += pieceBytes) {
            List<Run> runs = new ArrayList<>();
            carver.carve(stream, at, Math.min(stream.length, at + pieceBytes), runs);
            runs.stream().filter(Run::payload).forEach(run -> payload.write(stream, run.from(), run.lengthBytes()));
        }
        return payload.toByteArray();
    }

    private static byte[] random(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] concat(byte[]... pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            all.writeBytes(piece);
        }
        return all.toByteArray();
    }
}
