package io.culvert.gateway.relay.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class AnchorRuleTest {

    private static final int SHIFT = 777;

    private final byte[] data = new byte[4 << 20];

    @Test
    void samplesAboutOnePositionIn2048WhereverTheBytesStand() {
        new Random(1).nextBytes(data);
        List<Integer> positions = positions(data);
        assertThat(positions.size()).isBetween(data.length / 2048 * 9 / 10, data.length / 2048 * 11 / 10);
        byte[] shifted = new byte[data.length + SHIFT];
        System.arraycopy(data, 0, shifted, SHIFT, data.length);
        assertThat(positions(shifted))
                .containsAll(positions.stream().map(at -> at + SHIFT).toList());
    }

    @Test
    void samplesNothingInARunOfOneByte() {
        for (int value = 0; value < 256; value++) {
            byte[] run = new byte[64];
            Arrays.fill(run, (byte) value);
            assertThat(positions(run)).as("bytes %d", value).isEmpty();
        }
    }

    @Test
    void looksAtTheLastPositionAndNoFurther() {
        new Random(1).nextBytes(data);
        int first = AnchorRule.next(data, AnchorRule.WINDOW_BYTES, data.length);
        assertThat(AnchorRule.next(data, AnchorRule.WINDOW_BYTES, first)).isEqualTo(first);
        assertThat(AnchorRule.next(data, AnchorRule.WINDOW_BYTES, first - 1)).isEqualTo(AnchorRule.NONE);
        assertThat(AnchorRule.next(data, first + 1, first)).isEqualTo(AnchorRule.NONE);
    }

    private static List<Integer> positions(byte[] bytes) {
        List<Integer> positions = new ArrayList<>();
        for (int at = AnchorRule.next(bytes, AnchorRule.WINDOW_BYTES, bytes.length); at != AnchorRule.NONE; ) {
            positions.add(at);
            at = AnchorRule.next(bytes, at + 1, bytes.length);
        }
        return positions;
    }
}
