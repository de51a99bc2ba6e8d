package io.culvert.gateway.identity;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How often strangers may try: so many in a minute from one address, and ten times as many from all together.
 *
 * <p>IPv6 counts by /64. Remembers at most {@value #MAX_ADDRESSES} addresses, the longest unseen is forgotten first.
 * Any thread may use it.
 */
final class AttemptLimit {
    static final int MAX_ADDRESSES = 1_024;
    static final int FACTOR_FOR_ALL = 10;
    private static final int PREFIX_BYTES = 8;

    private final ReentrantLock lock = new ReentrantLock();
    private final int perMinute;
    private final TimeMeter meter;
    private final Bucket all;
    private final Map<String, Bucket> byAddress = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    /** @param tickerNanos a clock that only runs forwards, such as {@link System#nanoTime} */
    AttemptLimit(int perMinute, LongSupplier tickerNanos) {
        this.perMinute = perMinute;
        this.meter = new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return tickerNanos.getAsLong();
            }

            @Override
            public boolean isWallClockBased() {
                return false;
            }
        };
        this.all = bucket(perMinute * FACTOR_FOR_ALL);
    }

    /** Takes one attempt; false if there are none left for now. */
    boolean tryTake(@Nullable SocketAddress from) {
        lock.lock();
        try {
            Bucket one = byAddress.computeIfAbsent(key(from), address -> bucket(perMinute));
            return one.tryConsume(1) && all.tryConsume(1);
        } finally {
            lock.unlock();
        }
    }

    private Bucket bucket(int attempts) {
        return Bucket.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(attempts)
                        .refillGreedy(attempts, Duration.ofMinutes(1))
                        .build())
                .withCustomTimePrecision(meter)
                .build();
    }

    private static String key(@Nullable SocketAddress from) {
        if (from instanceof InetSocketAddress inet) {
            InetAddress address = inet.getAddress();
            if (address instanceof Inet6Address v6) {
                return HexFormat.of().formatHex(Arrays.copyOf(v6.getAddress(), PREFIX_BYTES));
            }
            if (address != null) {
                return address.getHostAddress();
            }
        }
        return "?";
    }
}
