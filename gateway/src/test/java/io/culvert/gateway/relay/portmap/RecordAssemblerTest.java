package io.culvert.gateway.relay.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RecordAssemblerTest {

    private final RecordAssembler assembler = new RecordAssembler();

    private static ByteBuffer mark(long word) {
        return ByteBuffer.allocate(4).putInt((int) word).flip();
    }

    @Test
    void recordsComeWholeHoweverTheyAreCut() throws MalformedXdrException {
        for (long seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<String> sent = new ArrayList<>();
            ByteArrayOutputStream wire = new ByteArrayOutputStream();
            for (int i = 0; i < 5; i++) {
                byte[] record = new byte[random.nextInt(400)];
                random.nextBytes(record);
                sent.add(Calls.hex(record));
                int at = 0;
                while (random.nextInt(3) > 0 && at < record.length) {
                    int part = random.nextInt(record.length - at + 1);
                    wire.writeBytes(mark(part).array());
                    wire.write(record, at, part);
                    at += part;
                }
                wire.writeBytes(mark(0x8000_0000L | record.length - at).array());
                wire.write(record, at, record.length - at);
            }
            RecordAssembler records = new RecordAssembler();
            List<String> came = new ArrayList<>();
            byte[] bytes = wire.toByteArray();
            int at = 0;
            while (at < bytes.length) {
                int count = Math.min(1 + random.nextInt(50), bytes.length - at);
                ByteBuffer in = ByteBuffer.wrap(bytes, at, count);
                while (in.hasRemaining()) {
                    records.take(in).ifPresent(record -> came.add(Calls.hex(record.toArray())));
                }
                at += count;
            }
            assertThat(came).as("seed %d", seed).isEqualTo(sent);
        }
    }

    @Test
    void aLengthOfTwoGigabytesIsRefusedBeforeAnythingIsAllocated() {
        assertThatThrownBy(() -> assembler.take(mark(0x7fff_ffffL)))
                .isInstanceOf(MalformedXdrException.class)
                .hasMessageContaining("2147483647");
        assertThatThrownBy(() -> new RecordAssembler().take(mark(0xffff_ffffL)))
                .isInstanceOf(MalformedXdrException.class);
    }

    @Test
    void fragmentsThatAddUpToTooMuchAreRefused() throws MalformedXdrException {
        ByteBuffer half = ByteBuffer.allocate(4 + 5000);
        half.putInt(0, 5000);
        assertThat(assembler.take(half)).isEmpty();
        assertThatThrownBy(() -> assembler.take(mark(5000))).isInstanceOf(MalformedXdrException.class);
    }

    @Test
    void fragmentsWithoutEndAreRefused() throws MalformedXdrException {
        for (int i = 0; i < RecordAssembler.MAX_FRAGMENTS; i++) {
            assertThat(assembler.take(mark(0))).isEmpty();
        }
        assertThatThrownBy(() -> assembler.take(mark(0)))
                .isInstanceOf(MalformedXdrException.class)
                .hasMessageContaining("fragments");
    }

    @Test
    void theLongestRecordFits() throws MalformedXdrException {
        byte[] longest = new byte[RecordAssembler.MAX_RECORD_BYTES];
        assertThat(assembler.take(ByteBuffer.wrap(RecordAssembler.marked(longest))))
                .hasValueSatisfying(record -> assertThat(record.length()).isEqualTo(longest.length));
    }
}
