package io.culvert.gateway.relay.portmap;

import io.culvert.siteconfig.Network;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many answers leave by UDP, where a source may be forged to have them sent to a victim: of one network (/24, or /64 of IPv6)
 * and in all, so that a virtual address is no use as an amplifier, nor as a hammer.
 *
 * <p>For one thread. Remembers {@link #MAX_NETWORKS} networks, the ones that asked last.
 */
final class AnswerBudget {

    static final int MAX_NETWORKS = 1_024;

    private static final int PREFIX_BITS = 24;
    private static final int PREFIX_BITS_OF_IPV6 = 64;

    /**
     * Tokens a second, and how many may be saved up.
     *
     * @param ofOne for one network
     * @param all for all together
     */
    record Rates(int ofOne, int savedOfOne, int all, int saved) {
        static final Rates USUAL = new Rates(50, 200, 1_000, 2_000);
    }

    private final Rates rates;
    private final TimeMeter meter;
    private final Bucket all;
    private final Map<Network, Bucket> networks = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Network, Bucket> eldest) {
            return size() > MAX_NETWORKS;
        }
    };

    /** @param ticker nanoseconds */
    AnswerBudget(Rates rates, LongSupplier ticker) {
        this.rates = rates;
        this.meter = new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return ticker.getAsLong();
            }

            @Override
            public boolean isWallClockBased() {
                return false;
            }
        };
        this.all = bucket(rates.all(), rates.saved());
    }

    private Bucket bucket(int perSecond, int saved) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(saved).refillGreedy(perSecond, Duration.ofSeconds(1)))
                .withCustomTimePrecision(meter)
                .build();
    }

    /** Takes one answer to this source out of the budget, if it is there. */
    boolean take(InetAddress source) {
        int bits = source instanceof Inet4Address ? PREFIX_BITS : PREFIX_BITS_OF_IPV6;
        Bucket ofOne =
                networks.computeIfAbsent(Network.of(source, bits), fresh -> bucket(rates.ofOne(), rates.savedOfOne()));
        return ofOne.tryConsume(1) && all.tryConsume(1);
    }

    int remembered() {
        return networks.size();
    }
}
