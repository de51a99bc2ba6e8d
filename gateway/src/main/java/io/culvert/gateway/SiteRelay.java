package io.culvert.gateway;

import io.culvert.gateway.identity.PeerChange;
import io.culvert.gateway.identity.SiteIdentity;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.relay.ApplianceFigures;
import io.culvert.gateway.relay.DatagramServer;
import io.culvert.gateway.relay.FlowView;
import io.culvert.gateway.relay.Flows;
import io.culvert.gateway.relay.Programs;
import io.culvert.gateway.relay.ProgramsServer;
import io.culvert.gateway.relay.Relay;
import io.culvert.gateway.relay.TargetPrograms;
import io.culvert.gateway.relay.VirtualAddressStatus;
import io.culvert.gateway.stream.PeerStreams;
import io.culvert.gateway.stream.StreamListener;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.siteconfig.Appliance;
import io.culvert.siteconfig.SiteConfig;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The relay of this site, put together: what clients here connect to, and what peers may connect to here. */
final class SiteRelay implements AutoCloseable {

    /** Questions of peers for programs of appliances at a time, each of which may wait for a portmapper; they ask again. */
    private static final int QUESTIONS_SERVED = 64;

    private static final int QUESTIONS_OF_A_PEER = 16;

    /** UDP clients of peers at a time. */
    private static final int ASSOCIATIONS_SERVED = 1_024;

    private static final int ASSOCIATIONS_OF_A_PEER = 512;

    private final ApplianceOffers offers;
    private final Flows flows;
    private final Relay relay;
    private final Supplier<SiteConfig> config;
    private final Whereabouts whereabouts;

    SiteRelay(
            Supplier<SiteConfig> config,
            Whereabouts whereabouts,
            SiteIdentity identity,
            PeerStreams streams,
            InstantSource clock,
            RandomGenerator random) {
        this.config = config;
        this.whereabouts = whereabouts;
        TargetPrograms targets = new TargetPrograms(clock);
        offers = new ApplianceOffers(config, targets);
        flows = new Flows(new Flows.Surroundings(
                streams.sockets(),
                (peer, opening) -> streams.open(peer, ChannelKind.RELAY, opening),
                offers,
                new ApplianceDedup(config),
                config.get().stateDir().resolve("relay"),
                () -> config.get().relay().hold(),
                clock,
                System::nanoTime,
                random));
        relay = new Relay(flows, streams::open, clock);
        streams.onOpen(ChannelKind.RELAY, Flows.SERVED, Flows.SERVED_OF_PEER, flows::serve);
        streams.onOpen(
                ChannelKind.DATAGRAM,
                ASSOCIATIONS_SERVED,
                ASSOCIATIONS_OF_A_PEER,
                new DatagramServer(offers, System::nanoTime, flows.figures())::serve);
        streams.onOpen(
                ChannelKind.PROGRAMS,
                QUESTIONS_SERVED,
                QUESTIONS_OF_A_PEER,
                new ProgramsServer(offers, targets)::serve);
        streams.addListener(new Streams());
        identity.contexts().onPeerChanged(this::peerChanged);
    }

    private final class Streams implements StreamListener {

        @Override
        public void up(String peer) {
            flows.up(peer);
            relay.peerUp(peer);
        }

        @Override
        public void down(String peer, String why) {
            flows.down(peer, why);
        }
    }

    private void peerChanged(PeerChange change) {
        switch (change) {
            case PeerChange.Enrolled enrolled -> {}
            case PeerChange.Changed changed -> {}
            case PeerChange.Revoked revoked -> flows.revoked(revoked.peer().name());
        }
    }

    /** Serves what is this gateway's of the site file, and ends connections that its grants no longer allow. */
    void serve() {
        flows.figures().keep(config.get().appliances().keySet());
        relay.serve(here());
        flows.recheck();
    }

    /** Serves an appliance no more, whatever else is said of it; {@link #serve} serves it again once it is here. */
    void withdraw(String appliance) {
        Map<String, Appliance> others = here();
        others.remove(appliance);
        relay.serve(others);
    }

    private Map<String, Appliance> here() {
        Map<String, Appliance> here = new LinkedHashMap<>(config.get().appliances());
        here.keySet().removeIf(name -> !whereabouts.isHere(Thing.appliance(name)));
        return here;
    }

    List<VirtualAddressStatus> addresses() {
        return relay.statuses();
    }

    /**
     * What is relayed now, and what was.
     *
     * @param figures by appliance of the site file; those of {@code flows} are in the sums
     */
    record Relayed(List<FlowView> flows, Map<String, ApplianceFigures> figures) {}

    Relayed relayed() {
        List<FlowView> views = flows.views();
        return new Relayed(views, flows.figures().all());
    }

    /** How many connections are relayed through the stream to a peer, held ones too. */
    int connections(String peer) {
        return Math.toIntExact(
                flows.views().stream().filter(flow -> flow.peer().equals(peer)).count());
    }

    /** What is known of the programs of an appliance of this site. */
    Programs programs(Appliance.Local local) {
        return offers.programs(local);
    }

    @Override
    public void close() {
        flows.end("the gateway stops");
        relay.close();
        flows.close();
    }
}
