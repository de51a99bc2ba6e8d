package io.culvert.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.testing.Await;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Ports that are opened, told and closed in order, without sockets. */
final class PortKeeperTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final Set<Port> taken = ConcurrentHashMap.newKeySet();

    private Closeable open(Port port) throws IOException {
        if (taken.contains(port)) {
            throw new IOException("Address already in use");
        }
        events.add("open " + port);
        return () -> events.add("close " + port);
    }

    private static Set<Port> ports(int... numbers) {
        Set<Port> ports = new LinkedHashSet<>();
        for (int number : numbers) {
            ports.add(Port.tcp(number));
        }
        return ports;
    }

    private PortKeeper keeper(Set<Port> ports) {
        PortKeeper keeper = new PortKeeper(
                "dd",
                InetAddress.getLoopbackAddress(),
                this::open,
                () -> Instant.EPOCH,
                ports,
                had -> events.add("have " + had));
        keeper.start();
        return keeper;
    }

    private void await(String event) throws Exception {
        Await.until(event + ", but " + events, PATIENCE, () -> events.contains(event));
    }

    @Test
    void whatMovesIsOpenedThenToldThenClosed() throws Exception {
        try (PortKeeper keeper = keeper(ports(2049, 2052, 111))) {
            await("have [2049, 2052, 111]");
            Await.until("it serves", PATIENCE, () -> keeper.state().serving());
            events.clear();

            keeper.want(ports(2049, 2062, 111), had -> events.add("have " + had));

            await("close 2052");
            assertThat(events).containsExactly("open 2062", "have [2049, 2062, 111]", "close 2052");
        }
        assertThat(events).contains("close 2049", "close 2062", "close 111").hasSize(6);
    }

    @Test
    void whatCannotBeHadIsNamedAndNotTold() throws Exception {
        taken.add(Port.tcp(2052));
        try (PortKeeper keeper = keeper(ports(2049, 2052))) {
            await("have [2049]");
            Await.until(
                    "it is said",
                    PATIENCE,
                    () -> keeper.state()
                            .trouble()
                            .equals("ports of dd at 127.0.0.1 that cannot be had: 2052 (Address already in use)"));

            taken.clear();
            await("have [2049, 2052]");
            Await.until("it serves", PATIENCE, () -> keeper.state().serving());
        }
    }
}
