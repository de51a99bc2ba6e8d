package io.culvert.gateway.relay;

import io.culvert.siteconfig.Appliance;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** The virtual addresses of this site, one for each appliance of a peer that the site file names. */
public final class Relay implements AutoCloseable {

    private record Served(Appliance.Remote as, VirtualAddress at) {}

    /**
     * What virtual addresses are made with.
     *
     * @param flows relays what they accept
     * @param channels opens channels beside those of flows
     */
    record Surroundings(Flows flows, PeerChannels channels, ProgramLearner.Timing learning, InstantSource clock) {}

    private final Surroundings around;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Served> served = new HashMap<>();

    /**
     * @param flows relays what is accepted at the addresses
     * @param channels opens channels beside those of flows
     */
    public Relay(Flows flows, PeerChannels channels, InstantSource clock) {
        this.around = new Surroundings(flows, channels, ProgramLearner.Timing.USUAL, clock);
    }

    /** The stream to a peer is there. */
    public void peerUp(String peer) {
        lock.lock();
        try {
            for (Served one : served.values()) {
                if (one.as().peer().toString().equals(peer)) {
                    one.at().peerUp();
                }
            }
        } finally {
            lock.unlock();
        }
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
        served.put(name, new Served(remote, new VirtualAddress(name, remote, around)));
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
