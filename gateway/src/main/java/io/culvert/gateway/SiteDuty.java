package io.culvert.gateway;

import io.culvert.gateway.owner.Book;
import io.culvert.gateway.owner.Duty;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.replicate.Replicator;
import io.culvert.siteconfig.DatasetConfig;
import java.io.IOException;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What this gateway does with what it owns: opens pools, keeps streams and the jobs that go there, serves virtual addresses. */
final class SiteDuty implements Duty {

    private final OpenPools pools;
    private final PeerConnections peers;
    private final SiteRelay relay;
    private final Replicator replicator;
    private final Supplier<Map<String, DatasetConfig>> datasets;

    SiteDuty(
            OpenPools pools,
            PeerConnections peers,
            SiteRelay relay,
            Replicator replicator,
            Supplier<Map<String, DatasetConfig>> datasets) {
        this.pools = pools;
        this.peers = peers;
        this.relay = relay;
        this.replicator = replicator;
        this.datasets = datasets;
    }

    @Override
    public void take(Thing thing, Book.@Nullable Claim claim) throws IOException {
        switch (thing.kind()) {
            case POOL -> pools.take(thing.name(), claim);
            case PEER -> {
                peers.take(thing.name());
                Predicate<String> its = thing.name()::equals;
                replicator.resume(datasets, its);
            }
            case APPLIANCE -> relay.serve();
        }
    }

    @Override
    public void leave(Thing thing, String why) {
        switch (thing.kind()) {
            case POOL -> pools.leave(thing.name(), why);
            case PEER -> {
                replicator.leave(thing.name());
                peers.leave(thing.name(), why);
            }
            case APPLIANCE -> relay.withdraw(thing.name());
        }
    }
}
