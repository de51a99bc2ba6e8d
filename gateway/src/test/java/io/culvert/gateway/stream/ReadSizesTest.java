package io.culvert.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.RecvByteBufAllocator;
import org.junit.jupiter.api.Test;

final class ReadSizesTest {

    private static final int MOST = 65_000;

    private final RecvByteBufAllocator.Handle sizes = new ReadSizes(MOST).newHandle();

    @Test
    void shortMessagesAreReadIntoShortBuffers() {
        for (int i = 0; i < 10; i++) {
            read(64);
        }
        assertThat(sizes.guess()).isEqualTo(ReadSizes.LEAST_BYTES);
    }

    @Test
    void whatFillsABufferIsReadIntoTheLongestNext() {
        read(ReadSizes.LEAST_BYTES);
        assertThat(sizes.guess()).isEqualTo(MOST);
        read(MOST);
        read(MOST * 2 / 3);
        assertThat(sizes.guess()).isEqualTo(MOST);
    }

    @Test
    void buffersShrinkWhenLittleComes() {
        read(ReadSizes.LEAST_BYTES);
        read(64);
        assertThat(sizes.guess()).isEqualTo(MOST / 2);
        for (int i = 0; i < 10; i++) {
            read(64);
        }
        assertThat(sizes.guess()).isEqualTo(ReadSizes.LEAST_BYTES);
    }

    @Test
    void noBufferIsLongerThanTheMost() {
        RecvByteBufAllocator.Handle few = new ReadSizes(100).newHandle();
        assertThat(few.guess()).isEqualTo(100);
    }

    private void read(int bytes) {
        sizes.attemptedBytesRead(sizes.guess());
        sizes.lastBytesRead(bytes);
    }
}
