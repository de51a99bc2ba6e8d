package io.culvert.gateway;

import io.culvert.dedupe.pool.Fence;
import io.culvert.gateway.checkpoint.CheckpointStore;
import io.culvert.gateway.checkpoint.GatewayRecord;
import io.culvert.gateway.checkpoint.GatewayRegister;
import io.culvert.gateway.checkpoint.Ownership;
import io.culvert.gateway.owner.Ailment;
import io.culvert.gateway.owner.Book;
import io.culvert.gateway.owner.Thing;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The site's etcd as the book of its owners. */
final class StoreBook implements Book {

    private final CheckpointStore store;
    private final Optional<GatewayRegister> gateways;
    private final String site;
    private final int number;
    private final String endpoint;
    private final InstantSource clock;
    private final Instant started;
    private final String host = HostName.ofThisMachine();

    /**
     * @param gateways empty if the store is for one gateway only
     * @param endpoint where peers reach this gateway
     */
    StoreBook(
            CheckpointStore store,
            Optional<GatewayRegister> gateways,
            String site,
            int number,
            String endpoint,
            InstantSource clock) {
        this.store = store;
        this.gateways = gateways;
        this.site = site;
        this.number = number;
        this.endpoint = endpoint;
        this.clock = clock;
        this.started = clock.instant();
    }

    private GatewayRegister gateways() throws IOException {
        return gateways.orElseThrow(() -> new IOException(
                "the embedded checkpoint store is for a site of one gateway; with more, name an etcd that all share:"
                        + " checkpoints: {etcd: {endpoints: [...]}}"));
    }

    @Override
    public void show(Mode mode, List<String> able, List<Ailment> ailments) throws IOException {
        GatewayRecord.Mode shown = GatewayRecord.Mode.valueOf(mode.name());
        gateways()
                .show(new GatewayRecord(
                        number,
                        host,
                        endpoint,
                        shown,
                        able,
                        started,
                        clock.instant(),
                        ailments.stream()
                                .limit(GatewayRecord.MAX_AILMENTS)
                                .map(one -> new GatewayRecord.Ailment(
                                        one.thing(), one.answers(), one.since(), one.reason()))
                                .toList()));
    }

    @Override
    public Page look() throws IOException {
        GatewayRegister.Overview overview = gateways().overview();
        Map<String, Holder> holders = new HashMap<>();
        overview.owners().forEach((thing, owner) -> holders.put(thing, new Holder(owner.gateway(), owner.since())));
        return new Page(overview.gateways().stream().map(this::gateway).toList(), holders);
    }

    private Gateway gateway(GatewayRegister.Shown shown) {
        GatewayRecord record = shown.record();
        return new Gateway(
                record.number(),
                site + "/" + record.number(),
                record.host(),
                record.endpoint(),
                shown.live(),
                Mode.valueOf(record.mode().name()),
                record.able(),
                record.ailments().stream()
                        .map(one -> new Ailment(one.thing(), one.answers(), one.since(), one.reason()))
                        .toList(),
                record.started(),
                record.seen());
    }

    @Override
    public Claim claim(Thing thing, Consumer<String> lost) throws IOException {
        Ownership ownership = store.claim(thing.id(), (owned, reason) -> lost.accept(reason));
        return new Claim() {
            @Override
            public Fence fence() {
                return ownership.fence();
            }

            @Override
            public boolean isLive() {
                return store.isOwned(ownership);
            }

            @Override
            public void release() {
                store.release(ownership);
            }
        };
    }
}
