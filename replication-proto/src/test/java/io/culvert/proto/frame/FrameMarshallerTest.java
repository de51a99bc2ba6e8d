package io.culvert.proto.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.culvert.dedupe.chunk.Slice;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class FrameMarshallerTest {

    private static final FrameKind[] SENDABLE = java.util.Arrays.stream(FrameKind.values())
            .filter(kind -> kind != FrameKind.MALFORMED)
            .toArray(FrameKind[]::new);

    private final FrameMarshaller marshaller = new FrameMarshaller(new BytePool());

    @Test
    void writesTheGoldenBytes() throws IOException {
        Frame frame = new Frame(3, FrameKind.DATA, Frame.MORE, 0, 300, Slice.of(new byte[] {1, 2}));
        assertThat(HexFormat.of().formatHex(drained(frame)))
                .isEqualTo("0803" + "1005" + "1801" + "28ac02" + "32020102");
    }

    @Test
    void writesAndReadsTheSameBytesAsTheGeneratedClass() throws IOException {
        for (long seed = 0; seed < 2_000; seed++) {
            Frame frame = random(new SplittableRandom(seed));
            byte[] generated = generated(frame).toByteArray();
            assertThat(drained(frame)).as("seed %d", seed).isEqualTo(generated);
            assertThat(read(frame)).as("seed %d", seed).isEqualTo(generated);
            assertThat(marshaller.parse(new ByteArrayInputStream(generated)))
                    .as("seed %d", seed)
                    .isEqualTo(frame);
        }
    }

    @Test
    void knowsItsLength() {
        InputStream stream = marshaller.stream(random(new SplittableRandom(7)));
        assertThat(stream).isInstanceOf(KnownLength.class).isInstanceOf(Drainable.class);
    }

    @Test
    void readsFieldsInAnyOrderAndTheLastOfSeveral() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeByteArray(6, new byte[100]);
        out.writeUInt64(1, 9);
        out.writeString(77, "a field of a later version");
        out.writeFixed32(78, 1);
        out.writeFixed64(79, 1);
        out.writeByteArray(6, new byte[] {5});
        out.writeEnum(2, 5);
        out.writeUInt64(1, 11);
        out.flush();
        assertThat(marshaller.parse(new ByteArrayInputStream(bytes.toByteArray())))
                .isEqualTo(new Frame(11, FrameKind.DATA, 0, 0, 0, Slice.of(new byte[] {5})));
    }

    @Test
    void namesAnUnknownKind() {
        assertMalformed(new byte[] {0x10, 10}, ProtocolCode.UNKNOWN_KIND);
        assertMalformed(new byte[0], ProtocolCode.UNKNOWN_KIND);
    }

    @Test
    void refusesLongPayloadsAndFramesBeforeItAllocates() throws IOException {
        byte[] longPayload = io.culvert.proto.wire.Frame.newBuilder()
                .setKindValue(5)
                .setPayload(ByteString.copyFrom(new byte[Frame.MAX_PAYLOAD_BYTES + 1]))
                .build()
                .toByteArray();
        assertMalformed(longPayload, ProtocolCode.FRAME_TOO_LONG);
        assertMalformed(new byte[FrameReader.MAX_FRAME_BYTES + 1], ProtocolCode.FRAME_TOO_LONG);
        // A length of 2^31 - 1 in a frame of seven bytes allocates nothing.
        assertMalformed(HexFormat.of().parseHex("32ffffffff0700"), ProtocolCode.MALFORMED_FRAME);
        assertMalformed(HexFormat.of().parseHex("32ffffffffffffffffff01"), ProtocolCode.MALFORMED_FRAME);
    }

    @Test
    void refusesBrokenBytes() {
        assertMalformed(HexFormat.of().parseHex("08"), ProtocolCode.MALFORMED_FRAME);
        assertMalformed(HexFormat.of().parseHex("08ffffffffffffffffffff01"), ProtocolCode.MALFORMED_FRAME);
        assertMalformed(HexFormat.of().parseHex("10050b"), ProtocolCode.MALFORMED_FRAME);
        assertMalformed(HexFormat.of().parseHex("100508ffffffffffffffffff01"), ProtocolCode.MALFORMED_FRAME);
    }

    @Test
    void anyBytesAreAFrameOrMalformedButNeverAnException() throws IOException {
        long seed = RandomGenerator.getDefault().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes;
            if (random.nextBoolean()) {
                bytes = new byte[random.nextInt(64)];
                random.nextBytes(bytes);
            } else {
                bytes = generated(small(random)).toByteArray();
                for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
                bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            }
            Frame parsed = marshaller.parse(new ByteArrayInputStream(bytes));
            if (parsed.kind() != FrameKind.MALFORMED) {
                assertThat(drained(parsed).length)
                        .as("seed %d round %d", seed, round)
                        .isLessThanOrEqualTo(bytes.length);
            }
        }
    }

    @Test
    void aMalformedFrameCannotBeSent() {
        Frame malformed = marshaller.parse(new ByteArrayInputStream(new byte[] {1}));
        assertThatThrownBy(() -> marshaller.stream(malformed)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFrameOfTooLongAPayloadCannotBeMade() {
        Slice payload = Slice.of(new byte[Frame.MAX_PAYLOAD_BYTES + 1]);
        assertThatThrownBy(() -> new Frame(1, FrameKind.DATA, 0, 0, 0, payload))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("262144");
    }

    @Test
    void reasonsAreCutAndHarmless() {
        Frame frame = new Frame(
                0, FrameKind.GOODBYE, 0, 0, 0, Frame.textPayload("a\nb" + "x".repeat(2 * Frame.MAX_TEXT_BYTES)));
        assertThat(frame.text()).startsWith("a?bx").hasSize(Frame.MAX_TEXT_BYTES);
    }

    private void assertMalformed(byte[] bytes, ProtocolCode code) {
        Frame parsed = marshaller.parse(new ByteArrayInputStream(bytes));
        assertThat(parsed.kind()).isEqualTo(FrameKind.MALFORMED);
        assertThat(ProtocolCode.ofWire(parsed.code())).as(parsed.text()).isEqualTo(code);
    }

    private byte[] drained(Frame frame) throws IOException {
        InputStream stream = marshaller.stream(frame);
        int length = stream.available();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(((Drainable) stream).drainTo(bytes)).isEqualTo(length);
        assertThat(bytes.size()).isEqualTo(length);
        return bytes.toByteArray();
    }

    private byte[] read(Frame frame) throws IOException {
        return marshaller.stream(frame).readAllBytes();
    }

    private static io.culvert.proto.wire.Frame generated(Frame frame) {
        return io.culvert.proto.wire.Frame.newBuilder()
                .setChannel(frame.channel())
                .setKindValue(frame.kind().wire())
                .setFlags(frame.flags())
                .setCode(frame.code())
                .setValue(frame.value())
                .setPayload(ByteString.copyFrom(
                        frame.payload().array(),
                        frame.payload().offset(),
                        frame.payload().length()))
                .build();
    }

    private static Frame random(SplittableRandom random) {
        byte[] bytes =
                new byte[random.nextInt(40) == 0 ? random.nextInt(Frame.MAX_PAYLOAD_BYTES) : random.nextInt(300)];
        random.nextBytes(bytes);
        int from = random.nextInt(bytes.length + 1);
        return new Frame(
                number(random),
                SENDABLE[random.nextInt(SENDABLE.length)],
                (int) number(random),
                (int) number(random),
                number(random),
                new Slice(bytes, from, bytes.length - from));
    }

    private static Frame small(SplittableRandom random) {
        return new Frame(
                number(random),
                SENDABLE[random.nextInt(SENDABLE.length)],
                1,
                2,
                3,
                Slice.of(new byte[random.nextInt(9)]));
    }

    private static long number(SplittableRandom random) {
        return random.nextLong() >>> 1 + random.nextInt(63);
    }
}
