package io.culvert.gateway.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.pool.Fence;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EndedCodecTest {
    private static final EndedJob ENDED = Samples.ended("r1", "j1", new Fence(1763000000, 42));

    @Test
    void theBytesOfVersionOneStayAsTheyAre() throws Exception {
        byte[] sealed = EndedCodec.encode(ENDED);
        assertThat(HexFormat.of().formatHex(sealed))
                .isEqualTo("43564350010400ba0002723100097265706c6963617465030000000069153ec0000000000000002a"
                        + "000000006b0187c00000000100026a31000766696e616e63650005627573616e00046d61696e0005"
                        + "72312e6131050000000d736e617073686f742d32303235000000006b0187c000000001000000006b"
                        + "0187c00000000100000000000000090200066368756e6b7300000000000f4240000566696c657300"
                        + "00000000000007000d736e617073686f742d32303235000000006b0179b0000000016f8450cd");
        assertThat(EndedCodec.decode("r1", sealed)).isEqualTo(ENDED);
    }

    @Test
    void theLargestFits() throws Exception {
        EndedJob largest = Samples.largestEnded("j".repeat(Job.MAX_ID_BYTES));
        byte[] sealed = EndedCodec.encode(largest);
        assertThat(sealed.length).isBetween(3000, Checkpoint.MAX_STORED_BYTES);
        assertThat(EndedCodec.decode(largest.id(), sealed)).isEqualTo(largest);
    }

    @Test
    void everyFlippedBitAndEveryLengthAndAnotherRunIsRefused() {
        byte[] sealed = EndedCodec.encode(ENDED);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] flipped = sealed.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> EndedCodec.decode("r1", flipped)).isInstanceOf(CorruptCheckpointException.class);
        }
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThatThrownBy(() -> EndedCodec.decode("r1", cut)).isInstanceOf(CorruptCheckpointException.class);
        }
        assertThatThrownBy(() -> EndedCodec.decode("r2", sealed)).hasMessageContaining("the one of job r1");
    }

    /** Bodies of any content, correctly sealed, are either read or refused as corrupt. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void anyBodyIsReadOrRefused(long seed) {
        var random = new Random(seed);
        byte[] whole = EndedCodec.encode(ENDED);
        byte[] body = Arrays.copyOfRange(whole, 8, whole.length - 4);
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = Arrays.copyOf(body, body.length - random.nextInt(3));
            for (int n = random.nextInt(4); n >= 0; n--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            }
            byte[] sealed = Sealed.ENDED.seal(out -> out.write(mutated));
            try {
                assertThat(EndedCodec.decode("r1", sealed).id()).isEqualTo("r1");
            } catch (CorruptCheckpointException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining("r1");
            }
        }
    }
}
