package io.culvert.gateway.relay.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Golden bytes of the format: gateways of different versions talk to each other. */
final class PackedMessageTest {

    private static final String RECORD_1 = "80000014" + "7a000001" + "00000000" + "00000002" + "000186a3" + "00000003";
    private static final String RECORD_2 = "80000014" + "7a000002" + "00000000" + "00000002" + "000186a3" + "00000003";

    private final byte[] data = new byte[600];
    private final SentHistory sent = SentHistory.open(MemoryRing::new, 8192);

    @SuppressWarnings("NullAway.Init") // set before each test
    private ReceivedHistory received;

    @BeforeEach
    void bind() throws IOException {
        new Random(5).nextBytes(data);
        received = ReceivedHistory.open(MemoryRing::new, 8192, new Random(1));
        sent.receiver(received.instance(), received.sizeBytes());
    }

    @AfterEach
    void close() throws IOException {
        sent.close();
        received.close();
    }

    @Test
    void storesWhatIsNewAndThenRefersToIt() throws IOException {
        FlowUnpacker unpacker = received.unpacker();
        try (FlowPacker packer = sent.packer(false, Mode.ON)) {
            // no digest, 600 bytes; 600 * 8 + 3 stored, where the last one ended (0); the bytes
            check(packer, unpacker, 0, data, "00" + "d804" + "c325" + "00" + hex(data));
            packer.acknowledged(600);
        }
        unpacker = received.unpacker();
        try (FlowPacker packer = sent.packer(false, Mode.ON)) {
            // digest, 600 bytes; 600 * 8 + 4 a reference, where the last one ended (0)
            check(packer, unpacker, 0, data, "01" + "d804" + digest(data) + "c425" + "00");
            byte[] piece = Arrays.copyOfRange(data, 100, 500);
            // no digest, 400 bytes; 400 * 8 + 3 stored, 600 beyond where this channel's last one ended (0); the bytes
            check(packer, unpacker, 600, piece, "00" + "9003" + "8319" + "b009" + hex(piece));
        }
    }

    @Test
    void sendsAHeaderAsTheWordsThatAreDifferent() throws IOException {
        FlowUnpacker unpacker = received.unpacker();
        try (FlowPacker packer = sent.packer(true, Mode.ON)) {
            byte[] first = HexFormat.of().parseHex(RECORD_1);
            assertThat(packer.pack(0, Slice.of(first))).as("not shorter").isEmpty();
            byte[] both = HexFormat.of().parseHex(RECORD_1 + RECORD_2);
            // no digest, 48 bytes; 24 * 8 + 0 a header; 24 * 8 + 1 a change of word 1; the header, the word
            check(packer, unpacker, 24, both, "00" + "30" + "c001" + "c101" + "02" + RECORD_1 + "7a000002");
            byte[] third = HexFormat.of().parseHex(RECORD_1);
            check(packer, unpacker, 72, third, "00" + "18" + "c101" + "02" + "7a000001");
        }
    }

    @Test
    void compressesLiterals() throws IOException {
        try (FlowPacker packer = sent.packer(false, Mode.ON)) {
            Slice packed = packer.pack(0, Slice.of(new byte[600])).orElseThrow();
            // compressed, 600 bytes; 600 * 8 + 3 stored; the magic number of a zstd frame
            assertThat(hex(packed.toArray())).startsWith("02" + "d804" + "c325" + "00" + "28b52ffd");
            assertThat(packed.length()).isLessThan(40);
            assertThat(received.unpacker().unpack(packed)).isEqualTo(Slice.of(new byte[600]));
        }
    }

    @Test
    void readsEveryKindOfOperation() throws IOException {
        String plain = "01020304" + "0506" + "aabb" + "01020909" + "0506";
        String digest = digest(HexFormat.of().parseHex(plain));
        // header of 4; stored 2 at 16; literal of 2; change of word 0 of a header of 4; reference to 2 at 16
        String operations = "20" + "1320" + "12" + "2101" + "1420";
        String packed = "01" + "0e" + digest + operations + "01020304" + "0506" + "aabb" + "01020909";
        Slice unpacked = received.unpacker().unpack(Slice.of(HexFormat.of().parseHex(packed)));
        assertThat(hex(unpacked.toArray())).isEqualTo(plain);
    }

    private static void check(FlowPacker packer, FlowUnpacker unpacker, long offset, byte[] plain, String golden)
            throws IOException {
        Slice packed = packer.pack(offset, Slice.of(plain)).orElseThrow();
        assertThat(hex(packed.toArray())).isEqualTo(golden);
        assertThat(unpacker.unpack(packed)).isEqualTo(Slice.of(plain));
    }

    private static String digest(byte[] plain) {
        return Fingerprinter.fastest().of(plain, 0, plain.length).hex().substring(0, 32);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
