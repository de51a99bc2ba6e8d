package io.culvert.gateway.probe;

import java.time.Duration;

/** The parts of a probe in the order in which they are taken, with the name of their steps. */
enum Part {
    NAME("name", 5_000, 8_000),
    PING("ping", 1_300, 3_500),
    ROUTE("route", 1_500, 4_300),
    CONNECT("connect", Connecting.LIMIT.toMillis(), 16_000),
    PAYLOAD("payload", Exchanging.most(Facts.Payload.BENIGN).toMillis(), 16_000),
    MTU("mtu", Bulking.LEAST.toMillis(), 16_000),
    TLS("tls", Shaking.MOST.toMillis(), 20_000),
    /** What a system in between may punish; last, so that it spoils nothing else. */
    CALL("payload", Exchanging.most(Facts.Payload.CALL).toMillis(), 40_000);

    /** As in {@link Step#name}. */
    final String step;
    /** With less it can say nothing. */
    final Duration least;
    /** More it is not given, whatever is left. */
    final Duration most;

    Part(String step, long leastMillis, long mostMillis) {
        this.step = step;
        this.least = Duration.ofMillis(leastMillis);
        this.most = Duration.ofMillis(mostMillis);
    }
}
