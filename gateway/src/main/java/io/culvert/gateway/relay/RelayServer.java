package io.culvert.gateway.relay;

import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.FlowSocket;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.channel.ResetCode;
import io.culvert.proto.flow.FlowException;
import io.culvert.proto.flow.FlowMessage;
import io.culvert.proto.v1.RelayOpening;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The far end of relayed connections: connects to an appliance of this site for a peer that may, and never to anything else; takes
 * a connection up again that a lost stream carried, if this gateway still has it.
 *
 * <p>A restart of this gateway ends its connections: their sockets are reset, and a peer that asks for one is told so.
 */
final class RelayServer implements Flow.Owner {

    private static final Logger LOG = LoggerFactory.getLogger(RelayServer.class);

    private final Offers offers;
    private final Targets targets;
    private final Holding holding;
    private final RetainedBudget budget;
    private final InstantSource clock;
    private final Figures figures;
    private final ConcurrentHashMap<Key, Flow> flows = new ConcurrentHashMap<>();
    private final EndedFlows ended = new EndedFlows();

    /** A peer names its connections; those of another are none of its business. */
    private record Key(String peer, FlowId id) {
        static Key of(FlowLabel label) {
            return new Key(label.peer(), label.id());
        }
    }

    RelayServer(
            Offers offers,
            Targets targets,
            Holding holding,
            RetainedBudget budget,
            InstantSource clock,
            Figures figures) {
        this.offers = offers;
        this.targets = targets;
        this.holding = holding;
        this.budget = budget;
        this.clock = clock;
        this.figures = figures;
    }

    /** Serves one channel to its end; the connection may outlive it. */
    void serve(Channel channel, Slice openPayload) throws StreamException, InterruptedException {
        RelayOpening opening;
        try {
            opening = RelayOpening.parser().parseFrom(openPayload.array(), openPayload.offset(), openPayload.length());
        } catch (InvalidProtocolBufferException e) {
            channel.reset(ResetCode.PROTOCOL, "an opening that cannot be read: " + e.getMessage());
            return;
        }
        Optional<FlowId> id = FlowId.read(opening.getFlow());
        if (id.isEmpty()) {
            channel.reset(ResetCode.PROTOCOL, "a connection without a name of 16 bytes");
            return;
        }
        Key key = new Key(channel.peer(), id.get());
        if (opening.getResumed()) {
            resume(channel, key, opening);
        } else {
            begin(channel, key, opening);
        }
    }

    private void begin(Channel channel, Key key, RelayOpening opening) throws InterruptedException {
        if (flows.containsKey(key)) {
            channel.reset(ResetCode.PROTOCOL, "a connection of this name is there already");
            return;
        }
        switch (offers.offer(key.peer(), opening.getAppliance(), opening.getPort())) {
            case Offers.Offer.Refused refused -> {
                channel.reset(ResetCode.REFUSED, refused.why());
                figures.failed(
                        Figures.Trouble.REFUSED,
                        opening.getAppliance(),
                        key.peer(),
                        "a connection of " + ShortText.name(opening.getClient()) + " is refused: " + refused.why());
            }
            case Offers.Offer.Granted granted -> connect(channel, key, opening, granted.host());
        }
    }

    private void connect(Channel channel, Key key, RelayOpening opening, String host) throws InterruptedException {
        FlowSocket socket;
        try {
            socket = targets.connect(key.peer(), host, opening.getPort(), opening.getPrivileged());
        } catch (IOException e) {
            String why = opening.getAppliance() + " (" + host + ":" + opening.getPort() + "): " + e.getMessage();
            channel.reset(ResetCode.FAILED, why);
            figures.unreachable(opening.getAppliance(), why);
            figures.failed(
                    Figures.Trouble.REFUSED,
                    opening.getAppliance(),
                    key.peer(),
                    "a connection of " + ShortText.name(opening.getClient()) + " cannot be made: " + why);
            return;
        }
        figures.reached(opening.getAppliance());
        FlowLabel label = new FlowLabel(
                key.id(),
                key.peer(),
                opening.getAppliance(),
                opening.getPort(),
                false,
                ShortText.name(opening.getClient()),
                clock.instant());
        Flow flow = new Flow(label, socket, budget, this);
        flows.put(key, flow);
        holding.add(flow);
        flow.begin(channel, true).awaitEnd();
    }

    private void resume(Channel channel, Key key, RelayOpening opening) throws StreamException, InterruptedException {
        Flow flow = flows.get(key);
        if (flow == null) {
            gone(channel, key);
            return;
        }
        if (!opening.getGone().isEmpty()) {
            flow.abort(opening.getGone());
            channel.finish();
            return;
        }
        try {
            Flow.Carrying carrying = flow.takeOver(channel, opening.getReceived());
            if (carrying == null) {
                gone(channel, key);
                return;
            }
            holding.carried(flow);
            carrying.awaitEnd();
        } catch (FlowException e) {
            flow.abort("the far gateway broke the protocol: " + e.getMessage());
            channel.reset(ResetCode.PROTOCOL, String.valueOf(e.getMessage()));
        }
    }

    /** What became of a connection that is not here any more. */
    private void gone(Channel channel, Key key) throws StreamException, InterruptedException {
        Optional<EndedFlows.Ended> how = ended.get(key.id());
        if (how.isPresent() && how.get().why().isEmpty()) {
            channel.send(FlowMessage.connected(how.get().receivedBytes()));
            channel.finish();
            channel.receive();
            return;
        }
        channel.reset(
                ResetCode.FAILED,
                how.map(EndedFlows.Ended::why)
                        .orElse(
                                "the far gateway does not know the connection any more: it was restarted, or held it for as"
                                        + " long as its relay.hold"));
    }

    @Override
    public void held(Flow flow) {
        holding.held(flow);
        LOG.atDebug().addKeyValue("flow", flow.label()).log("is held: the stream was lost");
    }

    @Override
    public void over(Flow flow, String why) {
        FlowLabel label = flow.label();
        Flow.Counts counts = flow.counts();
        ended.add(label.id(), new EndedFlows.Ended(counts.fromPeerBytes() + 1, why));
        flows.remove(Key.of(label), flow);
        holding.remove(flow);
        if (why.isEmpty()) {
            LOG.atDebug().addKeyValue("flow", label).log("a relayed connection has ended");
        } else {
            figures.failed(
                    Figures.Trouble.RESET,
                    label.appliance(),
                    label.peer(),
                    "connection " + label + " is reset: " + why);
        }
    }

    /** The grants may have changed: ends what is no longer offered. */
    void recheck() {
        for (Flow flow : holding.all()) {
            FlowLabel label = flow.label();
            if (offers.offer(label.peer(), label.appliance(), label.port()) instanceof Offers.Offer.Refused refused) {
                flow.abort(refused.why());
            }
        }
    }

    /** Ends all. */
    void end(String why) {
        holding.all().forEach(flow -> flow.abort(why));
    }
}
