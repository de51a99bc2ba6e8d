package io.culvert.gateway.checkpoint;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a gateway reaches its site's etcd.
 *
 * @param endpoints one URL per member, {@code http} or {@code https}, with a port; 1 to 9
 * @param tls the files for {@code https}; null if all endpoints are {@code http}
 * @param prefix what all keys begin with; one site's alone
 * @param gateway this gateway's name, unique at its site
 */
public record EtcdSettings(
        List<URI> endpoints, @Nullable Tls tls, String prefix, String site, String gateway, Timing timing) {
    static final int MAX_ENDPOINTS = 9;

    /** PEM files: the authority that signed etcd's certificates, and this client's certificate and key. */
    public record Tls(Path ca, Path certificate, Path key) {}

    /**
     * The times that matter.
     *
     * @param leaseTtl how long etcd keeps an ownership without news; ownerships are lost after two thirds of it
     * @param callTimeout the gRPC deadline of one call to one member
     * @param operationTimeout how long an operation tries all members before it gives up
     */
    public record Timing(Duration leaseTtl, Duration callTimeout, Duration operationTimeout) {
        public static final Timing DEFAULT =
                new Timing(Duration.ofSeconds(15), Duration.ofSeconds(1), Duration.ofSeconds(6));

        public Timing {
            if (leaseTtl.toSeconds() < 2 || leaseTtl.toNanosPart() != 0) {
                throw new IllegalArgumentException("leaseTtl must be whole seconds >= 2, was " + leaseTtl);
            }
            if (callTimeout.isNegative() || callTimeout.isZero() || callTimeout.compareTo(operationTimeout) > 0) {
                throw new IllegalArgumentException(
                        "callTimeout must be > 0 and <= operationTimeout, was " + callTimeout);
            }
        }

        Duration stopAfter() {
            return leaseTtl.multipliedBy(2).dividedBy(3);
        }
    }

    public EtcdSettings {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty() || endpoints.size() > MAX_ENDPOINTS) {
            throw new IllegalArgumentException(
                    "endpoints must be 1 to " + MAX_ENDPOINTS + ", were " + endpoints.size());
        }
        for (URI endpoint : endpoints) {
            boolean secure = "https".equals(endpoint.getScheme());
            if ((!secure && !"http".equals(endpoint.getScheme()))
                    || endpoint.getHost() == null
                    || endpoint.getPort() < 1) {
                throw new IllegalArgumentException("an endpoint must be http(s)://host:port, was " + endpoint);
            }
            if (secure && tls == null) {
                throw new IllegalArgumentException("endpoint " + endpoint + " needs ca, cert and key");
            }
        }
        if (!prefix.startsWith("/") || prefix.endsWith("/")) {
            throw new IllegalArgumentException("prefix must begin and not end with \"/\", was \"" + prefix + "\"");
        }
        Names.require("prefix", prefix, 200);
        Names.require("site", site, 100);
        Names.require("gateway", gateway, Owner.MAX_NAME_BYTES);
    }

    /** What people know the store by. */
    public String shown() {
        String all = endpoints.stream().map(URI::toString).collect(Collectors.joining(", "));
        return Names.cut("etcd at " + all, StoreMark.MAX_TEXT_BYTES - 220) + ", prefix " + prefix;
    }
}
