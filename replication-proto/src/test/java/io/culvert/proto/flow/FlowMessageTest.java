package io.culvert.proto.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.Slice;
import java.util.HexFormat;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class FlowMessageTest {

    private static Slice hex(String bytes) {
        return Slice.of(HexFormat.of().parseHex(bytes.replace(" ", "")));
    }

    @Test
    void messagesHaveTheBytesOfTheProtocolPage() throws FlowException {
        FlowMessage.History history = new FlowMessage.History(-2, 4096);
        assertThat(FlowMessage.connected(258, history))
                .isEqualTo(hex("00 0000000000000102 fffffffffffffffe 0000000000001000"));
        assertThat(FlowMessage.read(FlowMessage.connected(258, history)))
                .isEqualTo(new FlowMessage.Connected(258, history));
        assertThat(FlowMessage.again(258)).isEqualTo(hex("05 0000000000000102"));
        assertThat(FlowMessage.ack(258, false)).isEqualTo(hex("03 0000000000000102"));
        assertThat(FlowMessage.read(hex("81 0000000000000005 0000000000000102 aabb")))
                .isEqualTo(new FlowMessage.Data(5, 258, true, hex("aabb")));
        assertThat(FlowMessage.read(hex("04 0000000000000005 0000000000000102 aabb")))
                .isEqualTo(new FlowMessage.Packed(5, 258, false, hex("aabb")));
        assertThat(FlowMessage.read(hex("82 0000000000000005 0000000000000102")))
                .isEqualTo(new FlowMessage.End(5, 258, true));
    }

    @Test
    void aQuestionIsAnAckWithTheTopBit() throws FlowException {
        assertThat(FlowMessage.ack(258, true)).isEqualTo(hex("83 0000000000000102"));
        assertThat(FlowMessage.read(hex("83 0000000000000102"))).isEqualTo(new FlowMessage.Ack(258, true));
    }

    @Test
    void aPieceTakenGoesOutWithItsOffsetAndWhatWasReceived() throws FlowException {
        FlowEnd end = new FlowEnd();
        end.attach(0);
        end.came(0, 258, false);
        byte[] message = new byte[FlowMessage.HEAD_BYTES + 2];
        message[17] = (byte) 0xaa;
        message[18] = (byte) 0xbb;
        end.took(Slice.of(message));
        assertThat(end.isNextUrgent()).isTrue();
        FlowEnd.Outgoing out = Objects.requireNonNull(end.next(false));
        assertThat(out.message()).isEqualTo(hex("01 0000000000000000 0000000000000102 aabb"));
        assertThat(out.urgent()).isTrue();
    }

    @Test
    void whatIsNoMessageIsRefused() {
        for (String wrong : new String[] {
            "",
            "00",
            "80 0000000000000000",
            "80 0000000000000000 0000000000000000 0000000000000000",
            "85 0000000000000000",
            "00 8000000000000000",
            "03 000000000000000000",
            "06 0000000000000000 0000000000000000 00",
            "05 0000000000000000 00",
            "00 0000000000000000",
            "01 0000000000000000 0000000000000000",
            "02 0000000000000000 0000000000000000 00",
            "01 8000000000000000 0000000000000000 00"
        }) {
            assertThatThrownBy(() -> FlowMessage.read(hex(wrong))).isInstanceOf(FlowException.class);
        }
    }

    @Test
    void whatTheFarEndCannotHaveReceivedIsRefused() throws FlowException {
        FlowEnd end = new FlowEnd();
        end.attach(0);
        end.took(Slice.of(new byte[FlowMessage.HEAD_BYTES + 100]));
        assertThatThrownBy(() -> end.acknowledged(1)).isInstanceOf(FlowException.class);
        assertThat(end.next(false)).isNotNull();
        assertThatThrownBy(() -> end.acknowledged(101)).isInstanceOf(FlowException.class);
        assertThatThrownBy(() -> end.attach(50)).isInstanceOf(FlowException.class);
        assertThatThrownBy(() -> end.came(1, 1, false)).isInstanceOf(FlowException.class);
        end.cameEnd(0, false);
        assertThatThrownBy(() -> end.came(1, 1, false)).isInstanceOf(FlowException.class);
    }

    @Test
    void noBytesAreReadAsAnythingElseThanAMessageOrARefusal() {
        for (long seed = 0; seed < 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 0) {
                bytes[0] &= (byte) 0x87;
            }
            try {
                FlowMessage read = FlowMessage.read(Slice.of(bytes));
                assertThat(read.received()).as("seed %d", seed).isNotNegative();
            } catch (FlowException refused) {
                assertThat(refused).hasMessageContaining("message");
            }
        }
    }
}
