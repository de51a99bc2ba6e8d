package io.culvert.gateway.relay.portmap;

import io.culvert.siteconfig.Network;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From where a virtual address may be reached, as the site file says; tells the log, now and then, who tried from elsewhere. Thread-safe. */
public final class Clients {

    private static final Logger LOG = LoggerFactory.getLogger(Clients.class);
    private static final Duration LOG_EVERY = Duration.ofSeconds(10);

    private final String appliance;
    private final List<Network> networks;
    private final LongSupplier ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private long refused;
    private long quietUntilNanos;

    /** @param networks empty: from anywhere, but nobody is trusted then */
    public Clients(String appliance, List<Network> networks, LongSupplier ticker) {
        this.appliance = appliance;
        this.networks = List.copyOf(networks);
        this.ticker = ticker;
        this.quietUntilNanos = ticker.getAsLong();
    }

    /** Whether this client may be served; if not, it is noted. */
    public boolean admits(InetAddress client) {
        if (networks.isEmpty() || lists(client)) {
            return true;
        }
        note(client);
        return false;
    }

    /** Whether this client is listed, and so gets long answers even where its address might be forged. */
    boolean lists(InetAddress client) {
        return networks.stream().anyMatch(network -> network.contains(client));
    }

    private void note(InetAddress client) {
        long all;
        lock.lock();
        try {
            refused++;
            if (ticker.getAsLong() - quietUntilNanos < 0) {
                return;
            }
            quietUntilNanos = ticker.getAsLong() + LOG_EVERY.toNanos();
            all = refused;
        } finally {
            lock.unlock();
        }
        LOG.atWarn()
                .addKeyValue("appliance", appliance)
                .addKeyValue("client", client.getHostAddress())
                .log(
                        "a client that is not listed is refused, {} times so far in all; `clients` of {} would list it",
                        all,
                        appliance);
    }
}
