package io.culvert.dedupe.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.CorruptChunkException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class OwnerRecordTest {

    private static final OwnerRecord RECORD = OwnerRecord.NONE
            .takenBy(new PoolOwnership("gateway-a", new Fence(1, 17), () -> {}))
            .sealed(new Seal(3, 4096, 5));

    @Test
    void hasTheBytesThatTheFormatSays() throws CorruptChunkException {
        byte[] bytes = RECORD.encode().array();
        assertThat(HexFormat.of().formatHex(bytes, 0, bytes.length - 4))
                .isEqualTo("434f574e" + "00000001" + "0000000000000002" + "00000001" + "0000000000000001"
                        + "0000000000000011" + "00000001" + "0009" + "676174657761792d61" + "00000001" + "00000003"
                        + "00001000" + "00000005");
        OwnerRecord read = OwnerRecord.decode(ByteBuffer.wrap(bytes), "owner-0");
        assertThat(read).usingRecursiveComparison().isEqualTo(RECORD);
        assertThat(read.open()).isTrue();
        assertThat(read.closed().open()).isFalse();
    }

    @Test
    void refusesWhateverWasChangedOrCut() {
        byte[] bytes = RECORD.encode().array();
        Random random = new Random(4);
        for (int at = 0; at < bytes.length; at++) {
            byte[] flipped = bytes.clone();
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            byte[] cut = Arrays.copyOf(bytes, at);
            for (byte[] damaged : List.of(flipped, cut)) {
                assertThatThrownBy(() -> OwnerRecord.decode(ByteBuffer.wrap(damaged), "owner-0"))
                        .isInstanceOf(CorruptChunkException.class)
                        .hasMessage("owner-0 is damaged");
            }
        }
    }

    @Test
    void sealsWhatIsBehindAndBetween() {
        Seals seals =
                Seals.NONE.with(new Seal(0, 0, 2)).with(new Seal(3, 100, 5)).with(new Seal(3, 90, 7));
        assertThat(seals.all()).hasSize(2);
        assertThat(seals.counting(List.of(1, 2, 3, 4, 5, 6, 7, 8))).containsExactly(2, 3, 7, 8);
        assertThat(seals.end(3, 1000)).isEqualTo(90);
        assertThat(seals.end(3, 50)).isEqualTo(50);
        assertThat(seals.end(7, 1000)).isEqualTo(1000);
        assertThat(seals.lastNumber()).isEqualTo(6);
        assertThat(seals.promised(new TreeMap<>())).containsOnlyKeys(3);
    }
}
