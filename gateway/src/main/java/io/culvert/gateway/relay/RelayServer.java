package io.culvert.gateway.relay;

import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.FlowSocket;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.channel.Limits;
import io.culvert.proto.channel.ResetCode;
import io.culvert.proto.flow.FlowException;
import io.culvert.proto.flow.FlowMessage;
import io.culvert.proto.v1.RelayOpening;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The far end of relayed connections: connects to an appliance of this site for a peer that may, and never to anything else; takes
 * a connection up again that a lost stream carried, if this gateway still has it.
 *
 * <p>A restart of this gateway ends its connections: their sockets are reset, and a peer that asks for one is told so.
 */
final class RelayServer implements Flow.Owner {

    /** Connections of one peer, held ones too: as many as two streams of it can carry. */
    static final int MAX_OF_PEER = 2 * Limits.MAX_CHANNELS;

    private static final Logger LOG = LoggerFactory.getLogger(RelayServer.class);
    private static final int MAX_TEXT = 200;
    private static final String UNKNOWN =
            "the far gateway does not know the connection any more: it was restarted, or held it for as"
                    + " long as its relay.hold";

    private final Offers offers;
    private final Targets targets;
    private final Dedups dedup;
    private final Holding holding;
    private final RetainedBudget budget;
    private final InstantSource clock;
    private final Figures figures;
    private final ConcurrentHashMap<String, ConcurrentHashMap<FlowId, CompletableFuture<Optional<Flow>>>> flows =
            new ConcurrentHashMap<>();
    private final EndedFlows ended = new EndedFlows();

    /** A peer names its connections; those of another are none of its business. */
    private record Key(String peer, FlowId id) {}

    RelayServer(
            Flows.Surroundings around,
            Targets targets,
            Dedups dedup,
            Holding holding,
            RetainedBudget budget,
            Figures figures) {
        this.offers = around.offers();
        this.targets = targets;
        this.dedup = dedup;
        this.holding = holding;
        this.budget = budget;
        this.clock = around.clock();
        this.figures = figures;
    }

    /** Serves one channel to its end; the connection may outlive it. */
    void serve(Channel channel, Slice openPayload) throws StreamException, InterruptedException {
        RelayOpening opening;
        try {
            opening = readable(
                    RelayOpening.parser().parseFrom(openPayload.array(), openPayload.offset(), openPayload.length()));
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
        ConcurrentHashMap<FlowId, CompletableFuture<Optional<Flow>>> its = of(key.peer());
        if (its.size() >= MAX_OF_PEER) {
            String why = key.peer() + " has " + MAX_OF_PEER + " connections here already";
            channel.reset(ResetCode.LIMIT, why);
            figures.failed(
                    Figures.Trouble.REFUSED,
                    opening.getAppliance(),
                    key.peer(),
                    "a connection of " + ShortText.name(opening.getClient()) + " is refused: " + why);
            return;
        }
        CompletableFuture<Optional<Flow>> place = new CompletableFuture<>();
        if (its.putIfAbsent(key.id(), place) != null) {
            channel.reset(ResetCode.PROTOCOL, "a connection of this name is there already");
            return;
        }
        Carrying carrying = null;
        try {
            Optional<EndedFlows.Ended> early = ended.get(key.peer(), key.id());
            if (early.isPresent()) {
                channel.reset(ResetCode.FAILED, early.get().why());
            } else {
                carrying = connectIfOffered(channel, key, opening, place);
            }
        } finally {
            if (carrying == null) {
                its.remove(key.id(), place);
                place.complete(Optional.empty());
            }
        }
        if (carrying != null) {
            carrying.awaitEnd();
        }
    }

    private ConcurrentHashMap<FlowId, CompletableFuture<Optional<Flow>>> of(String peer) {
        return flows.computeIfAbsent(peer, fresh -> new ConcurrentHashMap<>());
    }

    /** What people see of it is short and has no control characters, whatever the peer sends. */
    private static RelayOpening readable(RelayOpening opening) {
        return opening.toBuilder()
                .setAppliance(readable(opening.getAppliance()))
                .setClient(readable(opening.getClient()))
                .setGone(readable(opening.getGone()))
                .build();
    }

    private static String readable(String text) {
        return text.substring(0, Math.min(MAX_TEXT, text.length())).replaceAll("\\p{Cntrl}", "?");
    }

    private @Nullable Carrying connectIfOffered(
            Channel channel, Key key, RelayOpening opening, CompletableFuture<Optional<Flow>> place) {
        switch (offers.offer(key.peer(), opening.getAppliance(), opening.getPort())) {
            case Offers.Offer.Refused refused -> {
                channel.reset(ResetCode.REFUSED, refused.why());
                figures.failed(
                        Figures.Trouble.REFUSED,
                        opening.getAppliance(),
                        key.peer(),
                        "a connection of " + ShortText.name(opening.getClient()) + " is refused: " + refused.why());
                return null;
            }
            case Offers.Offer.Granted granted -> {
                return connect(channel, key, opening, granted.host(), place);
            }
        }
    }

    private @Nullable Carrying connect(
            Channel channel, Key key, RelayOpening opening, String host, CompletableFuture<Optional<Flow>> place) {
        FlowSocket socket;
        try {
            socket = targets.connect(key.peer(), host, opening.getPort(), opening.getPrivileged());
        } catch (IOException e) {
            String why = opening.getAppliance() + " (" + host + ":" + opening.getPort() + "): " + e.getMessage();
            ended.add(key.peer(), key.id(), new EndedFlows.Ended(0, why));
            channel.reset(ResetCode.FAILED, why);
            figures.unreachable(opening.getAppliance(), why);
            figures.failed(
                    Figures.Trouble.REFUSED,
                    opening.getAppliance(),
                    key.peer(),
                    "a connection of " + ShortText.name(opening.getClient()) + " cannot be made: " + why);
            return null;
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
        Flow flow =
                new Flow(label, socket, dedup.of(key.peer(), opening.getAppliance(), opening.getPort()), budget, this);
        holding.add(flow);
        Carrying carrying;
        try {
            carrying = flow.begin(channel, flow.unpacking(), history(opening));
        } catch (RuntimeException e) {
            flow.abort(FlowEnding.BUG);
            throw e;
        }
        place.complete(Optional.of(flow));
        recheck(flow); // it may have been refused while the target took its time
        return carrying;
    }

    private static FlowMessage.History history(RelayOpening opening) {
        return new FlowMessage.History(opening.getHistory(), Math.max(0, opening.getHistoryBytes()));
    }

    /** The connection of this name; waits for one that is being made. */
    private Optional<Flow> find(Key key) throws InterruptedException {
        CompletableFuture<Optional<Flow>> place = of(key.peer()).get(key.id());
        try {
            return place == null ? Optional.empty() : place.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void resume(Channel channel, Key key, RelayOpening opening) throws StreamException, InterruptedException {
        Optional<Flow> found = find(key);
        if (found.isEmpty()) {
            // its beginning may be on its way yet, in a stream that was lost, and must come to nothing
            ended.addIfAbsent(key.peer(), key.id(), new EndedFlows.Ended(0, UNKNOWN));
            found = find(key);
        }
        if (found.isEmpty()) {
            gone(channel, key);
            return;
        }
        Flow flow = found.get();
        if (!opening.getGone().isEmpty()) {
            flow.abort(opening.getGone());
            channel.finish();
            return;
        }
        try {
            holding.carried(flow); // before it listens, and may be held again
            Carrying carrying = flow.takeOver(channel, opening.getReceived(), history(opening));
            if (carrying == null) {
                gone(channel, key);
                return;
            }
            carrying.awaitEnd();
        } catch (FlowException e) {
            flow.abort("the far gateway broke the protocol: " + e.getMessage());
            channel.reset(ResetCode.PROTOCOL, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            flow.abort(FlowEnding.BUG);
            throw e;
        }
    }

    /** What became of a connection that is not here any more. */
    private void gone(Channel channel, Key key) throws StreamException, InterruptedException {
        Optional<EndedFlows.Ended> how = ended.get(key.peer(), key.id());
        if (how.isPresent() && how.get().why().isEmpty()) {
            channel.send(FlowMessage.connected(how.get().receivedBytes(), FlowMessage.History.NONE));
            channel.finish();
            channel.receive();
            return;
        }
        channel.reset(ResetCode.FAILED, how.map(EndedFlows.Ended::why).orElse(UNKNOWN));
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
        ended.add(label.peer(), label.id(), new EndedFlows.Ended(counts.fromPeerBytes() + 1, why));
        of(label.peer()).remove(label.id());
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
        holding.all().forEach(this::recheck);
    }

    private void recheck(Flow flow) {
        FlowLabel label = flow.label();
        if (offers.offer(label.peer(), label.appliance(), label.port()) instanceof Offers.Offer.Refused refused) {
            flow.abort(refused.why());
        }
    }

    /** Ends all. */
    void end(String why) {
        holding.all().forEach(flow -> flow.abort(why));
    }
}
