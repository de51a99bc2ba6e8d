package io.culvert.gateway;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.replicate.CatalogueClient;
import io.culvert.gateway.replicate.CatalogueServer;
import io.culvert.gateway.replicate.ReadServer;
import io.culvert.gateway.replicate.SessionReceiver;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.GatewayName;
import io.culvert.gateway.stream.PeerDownException;
import io.culvert.gateway.stream.PeerStreams;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.ResetCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the channels with which peers write to pools and read from them: here, or at the gateway of this site that has the pool. What
 * another gateway passed on is served here or not at all.
 */
final class PoolChannels {

    private static final Logger LOG = LoggerFactory.getLogger(PoolChannels.class);

    /** Replication sessions of all peers at a time, each with a verifier; a sender that is refused tries again by itself. */
    private static final int SESSIONS_SERVED = 10;

    /** Of one peer, as many as a gateway sends at a time. */
    private static final int SESSIONS_OF_A_PEER = 6;

    /** Snapshots that peers read back at a time, each with an encoder; a reader that is refused tries again by itself. */
    private static final int READS_SERVED = 8;

    /** Of one peer, as many as a gateway reads at a time. */
    private static final int READS_OF_A_PEER = 4;

    private final OpenPools pools;
    private final PeerStreams streams;
    private final Siblings siblings;
    private final InstantSource clock;
    private final RandomGenerator random;

    PoolChannels(OpenPools pools, PeerStreams streams, Siblings siblings, InstantSource clock, RandomGenerator random) {
        this.pools = pools;
        this.streams = streams;
        this.siblings = siblings;
        this.clock = clock;
        this.random = random;
    }

    void serve() {
        streams.onOpen(ChannelKind.REPLICATION, SESSIONS_SERVED, SESSIONS_OF_A_PEER, this::replicate);
        streams.onOpen(ChannelKind.READ, READS_SERVED, READS_OF_A_PEER, this::read);
        streams.onOpen(ChannelKind.CONTROL, this::list);
    }

    /** A session, whose opening names the pool; it is only believed for the way there. */
    private void replicate(Channel channel, Slice opening) throws IOException, InterruptedException {
        String pool = new String(opening.array(), opening.offset(), opening.length(), StandardCharsets.UTF_8);
        Optional<GatewayName> with = channel.isPassedOn() ? Optional.empty() : siblings.with(Thing.pool(pool));
        if (with.isPresent()) {
            pass(channel, opening, with.get());
        } else {
            new SessionReceiver(channel, pools, clock, random).run();
        }
    }

    private void read(Channel channel, Slice opening) throws IOException, InterruptedException {
        Optional<GatewayName> with = channel.isPassedOn() ? Optional.empty() : having(channel.peer(), opening);
        if (with.isPresent()) {
            pass(channel, opening, with.get());
        } else {
            new ReadServer(channel, pools).run(opening);
        }
    }

    /** The other gateway that has the snapshot which is asked for; empty if it is here, or nowhere. */
    private Optional<GatewayName> having(String peer, Slice opening) throws IOException, InterruptedException {
        String snapshot = ReadServer.snapshot(opening);
        if (ReadServer.isHere(snapshot, pools)) {
            return Optional.empty();
        }
        for (GatewayName gateway : others()) {
            try (Channel there =
                    streams.openAt(gateway, peer, ChannelKind.CONTROL, CatalogueClient.request("", snapshot))) {
                if (CatalogueClient.read(there).stream()
                        .anyMatch(found -> found.snapshot().id().equals(snapshot))) {
                    return Optional.of(gateway);
                }
            } catch (StreamException e) {
                unreached(gateway, e);
            }
        }
        return Optional.empty();
    }

    /** What is in the pools here, then what is in those of the other gateways. */
    private void list(Channel channel, Slice opening) throws IOException, InterruptedException {
        new CatalogueServer(channel, pools).answer(opening);
        if (!channel.isPassedOn()) {
            for (GatewayName gateway : others()) {
                listAt(gateway, channel, opening);
            }
        }
        channel.finish();
    }

    private void listAt(GatewayName gateway, Channel channel, Slice opening) throws IOException, InterruptedException {
        try (Channel there = streams.openAt(gateway, channel.peer(), ChannelKind.CONTROL, opening)) {
            for (Optional<Slice> next = there.receive(); next.isPresent(); next = there.receive()) {
                channel.send(next.get());
            }
            there.finish();
        } catch (StreamException e) {
            unreached(gateway, e);
        }
    }

    private Set<GatewayName> others() {
        return siblings.withPools(pools.names());
    }

    private static void unreached(GatewayName gateway, StreamException why) {
        LOG.atWarn().addKeyValue("gateway", gateway).log("a peer is not told of its pools: {}", why.getMessage());
    }

    private void pass(Channel channel, Slice opening, GatewayName to) throws InterruptedException {
        try (Channel there = streams.openAt(to, channel.peer(), channel.kind(), opening)) {
            PeerStreams.join(channel, there);
        } catch (PeerDownException e) {
            channel.reset(ResetCode.STOPPING, String.valueOf(e.getMessage())); // who opened it tries again
        }
    }
}
