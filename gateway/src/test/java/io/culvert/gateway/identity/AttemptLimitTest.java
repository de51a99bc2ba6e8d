package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AttemptLimitTest {
    private final AtomicLong nanos = new AtomicLong();
    private final AttemptLimit limit = new AttemptLimit(3, nanos::get);

    @Test
    void anAddressHasItsAttemptsAndGetsThemBackWithTime() throws UnknownHostException {
        assertThat(taken("10.0.0.1", 5)).isEqualTo(3);

        nanos.addAndGet(Duration.ofSeconds(20).toNanos());
        assertThat(taken("10.0.0.1", 5)).isEqualTo(1);
    }

    @Test
    void addressesDoNotTakeEachOthersAttempts() throws UnknownHostException {
        assertThat(taken("10.0.0.1", 5)).isEqualTo(3);
        assertThat(taken("10.0.0.2", 5)).isEqualTo(3);
    }

    @Test
    void anIpv6NetworkCountsAsOne() throws UnknownHostException {
        assertThat(taken("2001:db8::1", 2)).isEqualTo(2);
        assertThat(taken("2001:db8::2", 2)).isEqualTo(1);
        assertThat(taken("2001:db8:0:1::1", 2)).isEqualTo(2);
    }

    @Test
    void allTogetherHaveALimitToo() throws UnknownHostException {
        int taken = 0;
        for (int host = 0; host < 200; host++) {
            taken += taken("10.0.1." + host, 1);
        }
        assertThat(taken).isEqualTo(3 * AttemptLimit.FACTOR_FOR_ALL);
    }

    private int taken(String address, int attempts) throws UnknownHostException {
        int taken = 0;
        for (int i = 0; i < attempts; i++) {
            taken += limit.tryTake(new InetSocketAddress(InetAddress.getByName(address), 1)) ? 1 : 0;
        }
        return taken;
    }
}
