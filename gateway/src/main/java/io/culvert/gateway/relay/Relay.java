package io.culvert.gateway.relay;

import io.culvert.gateway.relay.portmap.PortmapListener;
import io.culvert.siteconfig.Appliance;
import java.net.Inet4Address;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The virtual addresses of this site, one for each appliance of a peer that the site file names. */
public final class Relay implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    private record Served(Appliance.Remote as, VirtualAddress at) {}

    private final Channels channels;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Served> served = new HashMap<>();

    public Relay(Channels channels, InstantSource clock) {
        this.channels = channels;
        this.clock = clock;
    }

    /** Serves these appliances from now on, and no others; what did not change goes on undisturbed. */
    public void serve(Map<String, Appliance> appliances) {
        lock.lock();
        try {
            for (String name : Map.copyOf(served).keySet()) {
                Served before = served.get(name);
                if (before != null && !before.as().equals(appliances.get(name))) {
                    before.at().close();
                    served.remove(name);
                }
            }
            appliances.forEach((name, appliance) -> {
                if (appliance instanceof Appliance.Remote remote && !served.containsKey(name)) {
                    serve(name, remote);
                }
            });
        } finally {
            lock.unlock();
        }
    }

    /** All virtual addresses, by name. */
    public List<VirtualAddressStatus> statuses() {
        lock.lock();
        try {
            return served.values().stream()
                    .map(one -> one.at().status())
                    .sorted(Comparator.comparing(VirtualAddressStatus::name))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    private void serve(String name, Appliance.Remote remote) {
        if (remote.address() instanceof Inet4Address address) {
            served.put(name, new Served(remote, open(name, remote, address)));
        } else {
            LOG.atWarn()
                    .addKeyValue("appliance", name)
                    .log("{} is not served: virtual addresses are of IPv4 so far", remote.address());
        }
    }

    private VirtualAddress open(String name, Appliance.Remote remote, Inet4Address address) {
        boolean hasPortmapper = remote.services().values().stream()
                .anyMatch(service -> service.program().equals(OptionalInt.of(PortmapListener.PROGRAM)));
        return new VirtualAddress(
                name,
                remote,
                channels,
                hasPortmapper ? new PortmapListener(address, remote.services().values(), clock) : null,
                clock);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            served.values().forEach(one -> one.at().close());
            served.clear();
        } finally {
            lock.unlock();
        }
    }
}
