package io.culvert.gateway;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.GatewayInvitation;
import io.culvert.gateway.admin.Invitation;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.PeerView;
import io.culvert.gateway.admin.ProbeView;
import io.culvert.gateway.admin.RatesView;
import io.culvert.gateway.admin.StreamView;
import io.culvert.gateway.identity.Peer;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.probe.ProbePlan;
import io.culvert.gateway.probe.RateClient;
import io.culvert.gateway.probe.RateServer;
import io.culvert.gateway.stream.GatewayName;
import io.culvert.gateway.stream.PeerStreams;
import io.culvert.gateway.stream.StreamStatus;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.siteconfig.PeerConfig;
import io.culvert.siteconfig.SiteName;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Answers what concerns peers and further gateways of this site. */
final class PeerAnswers {

    private final GatewayOperations.Parts parts;

    PeerAnswers(GatewayOperations.Parts parts) {
        this.parts = parts;
    }

    List<PeerView> list() {
        return parts.identity().peers().list().stream().map(this::view).toList();
    }

    Invitation invite(String peer, Duration life) throws OperationException {
        try {
            return new Invitation(
                    peer,
                    parts.identity().enrolment().invite(peer, life),
                    parts.clock().instant().plus(life));
        } catch (IllegalArgumentException e) {
            throw Failures.usage(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    GatewayInvitation inviteGateway(Duration life) throws OperationException {
        if (parts.register().isEmpty()) {
            throw new OperationException(FailureCategory.REFUSED, NumbersInEtcd.NONE);
        }
        try {
            return new GatewayInvitation(
                    parts.identity().site() + "/" + parts.identity().gateway(),
                    parts.identity().inviteGateway(life),
                    parts.clock().instant().plus(life));
        } catch (IllegalArgumentException e) {
            throw Failures.usage(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    PeerView join(String token) throws OperationException {
        try {
            return view(parts.identity().enrolment().join(token));
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    PeerView revoke(String name) throws OperationException {
        Peer peer = parts.identity()
                .peers()
                .find(name)
                .orElseThrow(() -> Failures.notFound(
                        "there is no peer \"" + name + "\"; culvert peer list shows those that are enrolled"));
        try {
            parts.identity().peers().revoke(peer.name());
            return view(parts.identity().peers().find(name).orElse(peer));
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    RatesView rates(String name) throws OperationException {
        require(name);
        Optional<GatewayName> with = parts.siblings().with(Thing.peer(name));
        if (with.isPresent()) {
            throw new OperationException(
                    FailureCategory.REFUSED,
                    "the stream to peer " + name + " is with gateway " + with.get() + ": run the command there");
        }
        try {
            double roundTrip = parts.streams()
                    .status(name)
                    .roundTrip()
                    .map(trip -> trip.toNanos() / 1e6)
                    .orElse(0.0);
            ProbePlan.Throughput rates = RateClient.measure(
                    opening -> parts.streams().open(name, ChannelKind.RATE, opening),
                    peer -> sent(parts.streams(), peer),
                    roundTrip);
            return new RatesView(
                    rates.sentPerSecond(),
                    rates.receivedPerSecond(),
                    rates.sentLossPercent(),
                    rates.receivedLossPercent(),
                    rates.roundTripMillis());
        } catch (IOException e) {
            throw Failures.of(e);
        } catch (InterruptedException e) {
            throw Failures.interrupted();
        }
    }

    /** What the stream to a peer has sent so far. */
    static RateServer.Sent sent(PeerStreams streams, String peer) {
        return new RateServer.Sent(streams.status(peer).bytesOut(), streams.againBytes(peer));
    }

    /** Fails unless the peer is enrolled and trusted. */
    void require(String name) throws OperationException {
        Optional<Peer> peer = parts.identity().peers().find(name);
        if (peer.isEmpty()) {
            throw Failures.notFound(
                    "peer " + name + " is not enrolled here; culvert peer invite " + name + " makes a token for it");
        }
        if (peer.get().isRevoked()) {
            throw new OperationException(
                    FailureCategory.REFUSED,
                    "peer " + name + " was revoked at " + peer.get().revokedAt().orElseThrow()
                            + "; enrol it again to trust it");
        }
    }

    private PeerView view(Peer peer) {
        PeerConfig settings = parts.config().get().peer(new SiteName(peer.name()));
        return new PeerView(
                peer.name(),
                settings.endpoint().map(Object::toString).orElse(peer.endpoint().toString()),
                settings.dial().orElse(peer.dials()),
                peer.enrolledAt(),
                peer.revokedAt(),
                peer.fingerprints(),
                stream(peer, parts.streams().status(peer.name())),
                probe(peer));
    }

    private Optional<ProbeView> probe(Peer peer) {
        return peer.isRevoked() ? Optional.empty() : parts.probes().of(peer.name());
    }

    private StreamView stream(Peer peer, StreamStatus status) {
        StreamView.State state = switch (status.state()) {
            case UP -> StreamView.State.UP;
            case DIALING -> StreamView.State.DIALING;
            case BACKING_OFF -> StreamView.State.BACKING_OFF;
            case UNKNOWN, AWAITED -> StreamView.State.AWAITED;
            case CLOSED -> StreamView.State.CLOSED;
        };
        return new StreamView(
                state,
                status.since(),
                why(peer, status),
                status.roundTrip().map(trip -> trip.toNanos() / 1e6),
                status.remote(),
                status.bytesOut(),
                status.bytesIn(),
                status.connections(),
                status.openChannels(),
                parts.siblings().with(Thing.peer(peer.name())).map(GatewayName::toString));
    }

    /** Why there is no stream here; of one that is with another gateway, with which. */
    private String why(Peer peer, StreamStatus status) {
        Thing its = Thing.peer(peer.name());
        if (!peer.isRevoked() && !parts.whereabouts().isHere(its)) {
            return parts.whereabouts().sentence(its);
        }
        String refused = status.lastRefusal().map(refusal -> "; " + refusal).orElse("");
        String probed = probe(peer).map(view -> "; probe: " + view.sentence()).orElse("");
        return status.why() + refused + probed;
    }
}
