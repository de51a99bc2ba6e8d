package io.culvert.gateway;

import io.culvert.gateway.address.HostAddresses;
import io.culvert.gateway.owner.Book;
import io.culvert.gateway.owner.Duty;
import io.culvert.gateway.owner.Thing;
import io.culvert.siteconfig.Appliance;
import io.culvert.siteconfig.SiteConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What this gateway does with what it owns: opens pools, keeps streams, serves virtual addresses. */
final class SiteDuty implements Duty {

    private final OpenPools pools;
    private final PeerConnections peers;
    private final SiteRelay relay;
    private final HostAddresses addresses;
    private final Supplier<SiteConfig> config;
    private final Map<String, InetAddress> given = new ConcurrentHashMap<>();

    SiteDuty(
            OpenPools pools,
            PeerConnections peers,
            SiteRelay relay,
            HostAddresses addresses,
            Supplier<SiteConfig> config) {
        this.pools = pools;
        this.peers = peers;
        this.relay = relay;
        this.addresses = addresses;
        this.config = config;
    }

    @Override
    public void take(Thing thing, Book.@Nullable Claim claim) throws IOException {
        switch (thing.kind()) {
            case POOL -> pools.take(thing.name(), claim);
            case PEER -> peers.take(thing.name());
            case APPLIANCE -> {
                Optional<InetAddress> address = address(thing.name());
                if (address.isPresent() && claim != null) {
                    addresses.take(address.get(), claim::isLive);
                    given.put(thing.name(), address.get());
                }
                relay.serve();
            }
        }
    }

    private Optional<InetAddress> address(String appliance) {
        return config.get().appliances().get(appliance) instanceof Appliance.Remote remote
                ? Optional.of(remote.address())
                : Optional.empty();
    }

    @Override
    public void leave(Thing thing, String why) {
        switch (thing.kind()) {
            case POOL -> pools.leave(thing.name(), why);
            case PEER -> peers.leave(thing.name(), why);
            case APPLIANCE -> {
                relay.withdraw(thing.name());
                InetAddress address = given.remove(thing.name()); // the site file may name another one by now
                if (address != null) {
                    addresses.leave(address);
                }
            }
        }
    }
}
