package io.culvert.proto.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class BytePoolTest {

    private final BytePool pool = new BytePool();

    @Test
    void whatIsGivenBackIsTakenAgain() {
        byte[] array = pool.take(200_000);
        assertThat(array.length).isEqualTo(229_376);
        pool.give(array);
        assertThat(pool.take(196_609)).isSameAs(array);
    }

    @Test
    void aMegabyteWithAHeaderTakesAQuarterMore() {
        byte[] array = pool.take((1 << 20) + 300);
        assertThat(array).hasSize(5 << 18);
        pool.give(array);
        assertThat(pool.idleBytes()).isEqualTo(5 << 18);
        assertThat(pool.take(1 << 20)).hasSize(1 << 20);
        assertThat(pool.take((1 << 20) + 1)).isSameAs(array);
    }

    @Test
    void shortArraysAreExact() {
        assertThat(pool.take(0)).isEmpty();
        assertThat(pool.take(2048)).hasSize(2048);
        assertThat(pool.take(2049)).hasSize(4096);
        assertThat(pool.take(4096)).hasSize(4096);
        assertThat(pool.take(4097)).hasSize(5120);
        assertThat(pool.take(BytePool.MAX_BYTES)).hasSize(BytePool.MAX_BYTES);
    }

    @Test
    void refusesMoreThanItsBound() {
        assertThatThrownBy(() -> pool.take(BytePool.MAX_BYTES + 1)).hasMessageContaining("2097152");
    }

    @Test
    void keepsNoMoreIdleThanItsBound() {
        for (int i = 0; i < 100; i++) {
            pool.give(new byte[BytePool.MAX_BYTES]);
        }
        assertThat(pool.idleBytes()).isEqualTo(BytePool.MAX_IDLE_BYTES);
        for (int quarters = 4; quarters < 8; quarters++) {
            for (int i = 0; i < 100; i++) {
                pool.give(new byte[quarters << 18]);
            }
        }
        assertThat(pool.idleBytes())
                .isBetween(BytePool.MAX_ALL_IDLE_BYTES - BytePool.MAX_BYTES, BytePool.MAX_ALL_IDLE_BYTES);
        int before = pool.idleBytes();
        pool.take(1 << 20);
        assertThat(pool.idleBytes()).isEqualTo(before - (1 << 20));
    }

    @Test
    void everyLengthFitsAndWastesAtMostAQuarter() {
        for (int length = BytePool.MIN_BYTES; length <= BytePool.MAX_BYTES; length += 997) {
            assertThat(pool.take(length).length).as("%d", length).isBetween(length, length + length / 4);
        }
    }

    @Test
    void ignoresArraysOfOtherLengths() {
        pool.give(new byte[5000]);
        pool.give(new byte[8 << 20]);
        pool.give(new byte[0]);
        assertThat(pool.idleBytes()).isZero();
    }
}
