package io.culvert.gateway.stream;

import io.grpc.ServerServiceDefinition;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What {@link PeerStreams} is made with.
 *
 * @param site the own name
 * @param gateway the own number among the gateways of the site
 * @param listen where peers connect; port 0 takes a free one
 * @param services served on the same port beside the stream, such as enrolment; they check their callers themselves
 * @param servedPerKind how many accepted channels of a kind are served at a time, of all peers together
 * @param clock for what people see
 * @param ticker nanoseconds, for deadlines
 * @param random for jitter and the instance number
 */
public record StreamSettings(
        String site,
        int gateway,
        InetSocketAddress listen,
        List<ServerServiceDefinition> services,
        StreamTiming timing,
        int servedPerKind,
        InstantSource clock,
        LongSupplier ticker,
        RandomGenerator random) {

    public static final int SERVED_PER_KIND = 1024;

    public StreamSettings {
        services = List.copyOf(services);
        if (gateway < 1) {
            throw new IllegalArgumentException("gateway must be >= 1, was " + gateway);
        }
        if (servedPerKind < 1) {
            throw new IllegalArgumentException("servedPerKind must be >= 1, was " + servedPerKind);
        }
    }

    /** The usual settings of a site's first gateway. */
    public static StreamSettings of(String site, InetSocketAddress listen, List<ServerServiceDefinition> services) {
        return of(site, 1, listen, services);
    }

    /** The usual settings. */
    public static StreamSettings of(
            String site, int gateway, InetSocketAddress listen, List<ServerServiceDefinition> services) {
        return new StreamSettings(
                site,
                gateway,
                listen,
                services,
                StreamTiming.USUAL,
                SERVED_PER_KIND,
                InstantSource.system(),
                System::nanoTime,
                RandomGenerator.of("L64X128MixRandom"));
    }

    public StreamSettings with(StreamTiming other) {
        return new StreamSettings(site, gateway, listen, services, other, servedPerKind, clock, ticker, random);
    }
}
