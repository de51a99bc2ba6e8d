package io.culvert.gateway.relay.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BypassTest {

    private static final int MIB = 1 << 20;
    private static final int MESSAGE_BYTES = 256 << 10;

    private final Random random = new Random(8);

    @Test
    void bypassesWhatIsRandomAndNeverRepeatsAfter8MiBAndLooksAgainAfter64() throws IOException {
        try (TwoHistories histories = new TwoHistories(16 * MIB);
                TwoHistories.Link flow = histories.flow(false, Mode.AUTO)) {
            fresh(flow, 8 * MIB - MESSAGE_BYTES);
            assertThat(flow.packer.stats().state()).isEqualTo(PackingState.ACTIVE);
            fresh(flow, MESSAGE_BYTES);
            assertThat(flow.packer.stats().state()).isEqualTo(PackingState.BYPASSED_INCOMPRESSIBLE);
            long stored = histories.sent.status().storedBytes();
            long crossed = fresh(flow, 64 * MIB - MESSAGE_BYTES);
            assertThat(crossed).isEqualTo(64 * MIB - MESSAGE_BYTES);
            assertThat(histories.sent.status().storedBytes())
                    .as("nothing is stored")
                    .isEqualTo(stored);
            assertThat(flow.packer.stats().state()).isEqualTo(PackingState.BYPASSED_INCOMPRESSIBLE);
            fresh(flow, MESSAGE_BYTES);
            assertThat(flow.packer.stats().state()).isEqualTo(PackingState.ACTIVE);
            fresh(flow, MIB);
            assertThat(flow.packer.stats().state())
                    .as("looks again for a mebibyte only")
                    .isEqualTo(PackingState.BYPASSED_INCOMPRESSIBLE);
            assertThat(histories.sent.status().storedBytes()).isEqualTo(stored + MIB);
        }
    }

    @Test
    void findsRepeatsWhenItLooksAgain() throws IOException {
        byte[] known = random(MIB);
        try (TwoHistories histories = new TwoHistories(16 * MIB);
                TwoHistories.Link flow = histories.flow(false, Mode.AUTO)) {
            flow.sendAll(known, MESSAGE_BYTES);
            fresh(flow, 7 * MIB);
            fresh(flow, 64 * MIB);
            assertThat(flow.packer.stats().state()).isEqualTo(PackingState.ACTIVE);
            assertThat(flow.sendAll(known, MESSAGE_BYTES)).isLessThan(MIB / 20);
            assertThat(flow.packer.stats().state()).isEqualTo(PackingState.ACTIVE);
        }
    }

    @Test
    void doesNotBypassWhatIsRandomAndRepeats() throws IOException {
        byte[] known = random(3 * MIB);
        try (TwoHistories histories = new TwoHistories(16 * MIB);
                TwoHistories.Link flow = histories.flow(false, Mode.AUTO)) {
            for (int i = 0; i < 12; i++) {
                flow.sendAll(known, MESSAGE_BYTES);
                assertThat(flow.packer.stats().state()).isEqualTo(PackingState.ACTIVE);
            }
            Stats stats = flow.packer.stats();
            assertThat(stats.plainBytes()).isEqualTo(36L * MIB);
            assertThat(stats.packedBytes()).isBetween(3L * MIB, 3L * MIB + MIB / 10);
            assertThat(stats.repeatedBytes()).isGreaterThan(32L * MIB);
        }
    }

    @Test
    void bypassesTlsAtOnce() throws IOException {
        byte[] hello = random(500);
        hello[0] = 0x16;
        hello[1] = 0x03;
        try (TwoHistories histories = new TwoHistories(MIB);
                TwoHistories.Link flow = histories.flow(false, Mode.AUTO)) {
            assertThat(flow.sendAll(hello, 200)).isEqualTo(500);
            assertThat(flow.packer.stats().state()).isEqualTo(PackingState.BYPASSED_ENCRYPTED);
            assertThat(histories.sent.status().storedBytes()).isZero();
        }
    }

    @Test
    void goesOnWithTextThatNeverRepeats() throws IOException {
        try (TwoHistories histories = new TwoHistories(16 * MIB);
                TwoHistories.Link flow = histories.flow(false, Mode.AUTO)) {
            byte[] text = random(24 * MIB);
            for (int i = 0; i < text.length; i++) {
                text[i] = (byte) ('a' + (text[i] & 0x0F));
            }
            assertThat(flow.sendAll(text, MESSAGE_BYTES)).as("compressed").isLessThan(13 * MIB);
            assertThat(flow.packer.stats().state()).isEqualTo(PackingState.ACTIVE);
        }
    }

    @Test
    void neverBypassesIfItIsToPackAlwaysAndNeverPacksIfItIsOff() throws IOException {
        try (TwoHistories histories = new TwoHistories(16 * MIB);
                TwoHistories.Link on = histories.flow(false, Mode.ON);
                TwoHistories.Link off = histories.flow(false, Mode.OFF)) {
            fresh(on, 20 * MIB);
            assertThat(on.packer.stats().state()).isEqualTo(PackingState.ACTIVE);
            assertThat(off.sendAll(new byte[MIB], MESSAGE_BYTES)).isEqualTo(MIB);
            assertThat(off.packer.stats()).isEqualTo(new Stats(MIB, MIB, 0, PackingState.OFF));
        }
    }

    @Test
    void givesNfsMoreTimeBecauseCompressedFilesAreCopiedTwiceToo() throws IOException {
        try (TwoHistories histories = new TwoHistories(64 * MIB);
                TwoHistories.Link flow = histories.flow(true, Mode.AUTO)) {
            byte[] file = random(24 * MIB);
            flow.sendAll(new Nfs().copy3(file, 64 << 10, 0x7A000000), MESSAGE_BYTES);
            assertThat(flow.packer.stats().state()).isEqualTo(PackingState.ACTIVE);
            long crossed = flow.sendAll(new Nfs().copy3(file, 8 << 10, 0x7B000000), MESSAGE_BYTES);
            assertThat(crossed).isLessThan(file.length / 20);
        }
    }

    private long fresh(TwoHistories.Link flow, int bytes) throws IOException {
        return flow.sendAll(random(bytes), MESSAGE_BYTES);
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
