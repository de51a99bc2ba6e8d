package io.culvert.gateway;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.replicate.Streams;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.GatewayName;
import io.culvert.gateway.stream.PeerDownException;
import io.culvert.gateway.stream.PeerStreams;
import io.culvert.gateway.stream.StreamStatus;
import io.culvert.proto.channel.ChannelKind;
import java.util.Optional;

/**
 * The streams to peers as replication sees them: here, or through the gateway of this site that has them. The other gateways themselves are
 * reached by their names, such as seoul/2, and answer as to this site.
 */
final class SiteStreams implements Streams {

    private final String site;
    private final PeerStreams streams;
    private final Siblings siblings;

    /** @param site the own one */
    SiteStreams(String site, PeerStreams streams, Siblings siblings) {
        this.site = site;
        this.streams = streams;
        this.siblings = siblings;
    }

    @Override
    public Channel open(String peer, ChannelKind kind, Slice openPayload) throws PeerDownException {
        Optional<GatewayName> itself = GatewayName.parse(peer);
        if (itself.isPresent()) {
            return streams.openAt(itself.get(), site, kind, openPayload);
        }
        Optional<GatewayName> with = siblings.with(Thing.peer(peer));
        return with.isPresent()
                ? streams.openThrough(with.get(), peer, kind, openPayload)
                : streams.open(peer, kind, openPayload);
    }

    /** Where another gateway has the stream, the bytes between that one and this. */
    @Override
    public Wire wire(String peer) {
        StreamStatus status = streams.status(
                siblings.with(Thing.peer(peer)).map(GatewayName::toString).orElse(peer));
        return new Wire(status.bytesOut(), status.bytesIn());
    }
}
