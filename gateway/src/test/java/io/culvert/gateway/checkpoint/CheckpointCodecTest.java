package io.culvert.gateway.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.pool.Fence;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckpointCodecTest {
    private static final UUID OPERATION = new UUID(0x0102030405060708L, 0x090a0b0c0d0e0f10L);

    private static StoredCheckpoint stored(Checkpoint checkpoint) {
        return new StoredCheckpoint(checkpoint, 3, new Fence(1763000000, 42), OPERATION);
    }

    @Test
    void theBytesOfVersionOneStayAsTheyAre() throws Exception {
        byte[] sealed = CheckpointCodec.encode(stored(Samples.waiting("j1", "가")));
        assertThat(HexFormat.of().formatHex(sealed))
                .isEqualTo("43564350010100830000000069153ec0000000000000002a00000000000000030102030405060708"
                        + "090a0b0c0d0e0f1000026a31000766696e616e63650005627573616e00046d61696e000961747465"
                        + "6d70742d31020003eab080000d736e617073686f742d32303236000000006b0187c0000000010000"
                        + "00006b0187c000000001000400000000000000c8c9e8e9");
        assertThat(CheckpointCodec.decode("j1", sealed)).isEqualTo(stored(Samples.waiting("j1", "가")));
    }

    @Test
    void theLargestCheckpointFits() throws Exception {
        String job = "j".repeat(Job.MAX_ID_BYTES);
        byte[] sealed = CheckpointCodec.encode(stored(Samples.largest(job)));
        assertThat(sealed.length).isBetween(3000, Checkpoint.MAX_STORED_BYTES);
        assertThat(CheckpointCodec.decode(job, sealed)).isEqualTo(stored(Samples.largest(job)));
    }

    @Test
    void aLongReasonIsCutBetweenCharacters() {
        var state = (JobState.Failed) Samples.largest("j").state();
        assertThat(state.reason()).endsWith("가…").hasSize(1 + (JobState.MAX_REASON_BYTES - 3) / 3);
        assertThat(new JobState.Failed("😀".repeat(1000)).reason()).endsWith("😀…");
    }

    @Test
    void everyFlippedBitAndEveryLengthIsRefused() {
        byte[] sealed = CheckpointCodec.encode(stored(Samples.running("j1", "a1", 7)));
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] flipped = sealed.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> CheckpointCodec.decode("j1", flipped))
                    .isInstanceOf(CorruptCheckpointException.class);
        }
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThatThrownBy(() -> CheckpointCodec.decode("j1", cut)).isInstanceOf(CorruptCheckpointException.class);
        }
    }

    /** Bodies of any content, correctly sealed, are either read or refused as corrupt. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void anyBodyIsReadOrRefused(long seed) {
        var random = new Random(seed);
        byte[] whole = CheckpointCodec.encode(stored(Samples.running("j1", "a1", 7)));
        byte[] body = Arrays.copyOfRange(whole, 8, whole.length - 4);
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = Arrays.copyOf(body, body.length - random.nextInt(3));
            for (int n = random.nextInt(4); n >= 0; n--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            }
            byte[] sealed = Sealed.CHECKPOINT.seal(out -> out.write(mutated));
            try {
                assertThat(CheckpointCodec.decode("j1", sealed)
                                .checkpoint()
                                .job()
                                .id())
                        .isEqualTo("j1");
            } catch (CorruptCheckpointException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining("j1");
            }
        }
    }

    @Test
    void otherKindsAndVersionsAreNamed() {
        byte[] owner = new EtcdOwner(new Owner("gw1", "p", Samples.NOON), OPERATION).encode();
        assertThatThrownBy(() -> CheckpointCodec.decode("j1", owner)).hasMessageContaining("something else (kind 2");
        assertThatThrownBy(() -> CheckpointCodec.decode(
                        "j1", "{\"job\": \"j1\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .hasMessageContaining("not written by Culvert");
    }
}
