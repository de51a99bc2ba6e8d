package io.culvert.proto.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprint;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RefsTest {

    @Test
    void aNameIsItsFingerprintAndABigEndianLength() {
        Fingerprint fingerprint = Fingerprint.ofHex("00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210");
        assertThat(HexFormat.of()
                        .formatHex(Refs.pack(List.of(new ChunkRef(fingerprint, 0x012345)))
                                .toByteArray()))
                .isEqualTo("00112233445566778899aabbccddeeff0123456789abcdeffedcba987654321000012345");
    }

    @Test
    void namesComeBackAsTheyWere() throws SessionException {
        Random random = new Random(1);
        List<ChunkRef> refs = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            refs.add(new ChunkRef(
                    new Fingerprint(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()),
                    1 + random.nextInt(ChunkRef.MAX_LENGTH_BYTES)));
        }
        assertThat(Refs.unpack(Refs.pack(refs), 1000)).isEqualTo(refs);
        assertThat(Refs.unpack(ByteString.EMPTY, 0)).isEmpty();
        assertThat(Refs.unpackOne(Refs.pack(refs.subList(3, 4)))).isEqualTo(refs.get(3));
    }

    @Test
    void moreNamesThanAllowedAndTornOnesAreRefused() {
        ByteString three = Refs.pack(Messages.refs(1, 3));
        for (ByteString wrong : List.of(three, three.substring(1), three.substring(0, 35))) {
            assertThatExceptionOfType(SessionException.class)
                    .isThrownBy(() -> Refs.unpack(wrong, 2))
                    .withMessageContaining("at most 2 of 36 bytes are allowed");
        }
        assertThatExceptionOfType(SessionException.class).isThrownBy(() -> Refs.unpackOne(three));
        assertThatExceptionOfType(SessionException.class)
                .isThrownBy(() -> Refs.unpackOne(ByteString.EMPTY))
                .withMessageContaining("one chunk name was expected");
    }

    @Test
    void aLengthOutOfRangeIsRefused() {
        for (int length : new int[] {0, -1, ChunkRef.MAX_LENGTH_BYTES + 1, Integer.MIN_VALUE}) {
            byte[] packed = new byte[ChunkRef.ENCODED_BYTES];
            for (int i = 0; i < 4; i++) {
                packed[Fingerprint.LENGTH_BYTES + i] = (byte) (length >>> (24 - 8 * i));
            }
            assertThatExceptionOfType(SessionException.class)
                    .isThrownBy(() -> Refs.unpackOne(ByteString.copyFrom(packed)))
                    .withMessageContaining("a chunk of " + length + " bytes");
        }
    }

    @Test
    void aBitmapComesBackAsItWasAndHoldsNothingBeyondItsCount() throws SessionException {
        Random random = new Random(2);
        for (int count = 1; count < 200; count++) {
            BitSet bits = new BitSet();
            for (int i = 0; i < count; i++) {
                bits.set(i, random.nextBoolean());
            }
            assertThat(Refs.bitmap(Refs.bitmap(bits), count)).isEqualTo(bits);
            BitSet beyond = (BitSet) bits.clone();
            beyond.set(count);
            int most = count;
            assertThatExceptionOfType(SessionException.class).isThrownBy(() -> Refs.bitmap(Refs.bitmap(beyond), most));
        }
    }
}
