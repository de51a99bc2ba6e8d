package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.ChannelListener;
import io.culvert.gateway.stream.ChannelResetException;
import io.culvert.gateway.stream.FlowSocket;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.channel.ResetCode;
import io.culvert.proto.flow.FlowMessage;
import io.culvert.proto.v1.RelayOpening;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The relayed connections whose clients are at this site. It opens their channels: a first one when a client connects, another each
 * time the stream was lost and has come back.
 *
 * <p>A client is refused at once, by RST, as long as there is no stream.
 */
final class NearFlows implements Flow.Owner {

    private static final Logger LOG = LoggerFactory.getLogger(NearFlows.class);
    private static final int FIRST_UNPRIVILEGED = 1024;

    private final Channels channels;
    private final Dedups dedup;
    private final Holding holding;
    private final RetainedBudget budget;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final LongSupplier ticker;
    private final Figures figures;
    private final Untold untold = new Untold();

    /** One channel is opened for a flow that is held, whoever notices first; before the locks of flows and streams. */
    private final ReentrantLock resuming = new ReentrantLock();

    NearFlows(Flows.Surroundings around, Dedups dedup, Holding holding, RetainedBudget budget, Figures figures) {
        this.channels = around.channels();
        this.dedup = dedup;
        this.holding = holding;
        this.budget = budget;
        this.clock = around.clock();
        this.ticker = around.ticker();
        this.random = around.random();
        this.figures = figures;
    }

    /** Relays a connection that a client made to a port of a virtual address. */
    void accept(String peer, String appliance, int port, FlowSocket socket) {
        String client = socket.remote().getAddress().getHostAddress() + ":"
                + socket.remote().getPort();
        FlowLabel label = new FlowLabel(FlowId.draw(random), peer, appliance, port, true, client, clock.instant());
        Flow flow = new Flow(label, socket, dedup.of(peer, appliance, port), budget, this);
        Optional<Histories.Unpacking> unpacking = flow.unpacking();
        RelayOpening opening = opening(label, unpacking)
                .setPrivileged(socket.remote().getPort() < FIRST_UNPRIVILEGED)
                .setClient(client)
                .build();
        try {
            Channel channel = channels.open(peer, Slice.of(opening.toByteArray()));
            holding.add(flow);
            flow.begin(channel, unpacking, null);
        } catch (StreamException e) {
            socket.abort();
            figures.failed(
                    Figures.Trouble.REFUSED,
                    appliance,
                    peer,
                    "a connection of " + client + " is refused: " + e.getMessage());
        } catch (RuntimeException e) {
            flow.abort(FlowEnding.BUG);
            throw e;
        }
    }

    private static RelayOpening.Builder opening(FlowLabel label, Optional<Histories.Unpacking> unpacking) {
        FlowMessage.History history =
                unpacking.map(Histories.Unpacking::history).orElse(FlowMessage.History.NONE);
        return RelayOpening.newBuilder()
                .setAppliance(label.appliance())
                .setPort(label.port())
                .setFlow(label.id().bytes())
                .setHistory(history.instance())
                .setHistoryBytes(history.sizeBytes());
    }

    /** A stream to this peer is there: what is held goes on. */
    void resume(String peer) {
        holding.all().stream().filter(flow -> flow.label().peer().equals(peer)).forEach(this::resume);
    }

    /**
     * Tries again what a stream that was there had no channel for, and tells ends that far gateways may not have heard of; to be called
     * now and then.
     */
    void look() {
        holding.all().stream().filter(Flow::isHeld).forEach(this::resume);
        Set<String> away = new HashSet<>();
        for (Untold.End end : untold.due(ticker.getAsLong())) {
            if (away.contains(end.flow().peer()) || !isTold(end)) {
                away.add(end.flow().peer());
                untold.lost(end.flow().id());
            }
        }
    }

    private void resume(Flow flow) {
        resuming.lock();
        try {
            resumeLocked(flow);
        } finally {
            resuming.unlock();
        }
    }

    private void resumeLocked(Flow flow) {
        long received = flow.receivedIfHeld();
        if (received < 0) {
            return;
        }
        Optional<Histories.Unpacking> unpacking = flow.unpacking();
        RelayOpening opening = opening(flow.label(), unpacking)
                .setResumed(true)
                .setReceived(received)
                .build();
        try {
            Channel channel = channels.open(flow.label().peer(), Slice.of(opening.toByteArray()));
            holding.carried(flow); // before it listens, and may be held again
            if (flow.resume(channel, unpacking)) {
                LOG.atDebug().addKeyValue("flow", flow.label()).log("goes on in a new stream, from {}", received);
            } else {
                channel.close();
            }
        } catch (StreamException e) {
            LOG.atDebug().addKeyValue("flow", flow.label()).log("is held on: {}", e.getMessage());
        }
    }

    /** Tells an end in a channel of its own, whose own end says that it was heard; returns whether there is a channel for it. */
    private boolean isTold(Untold.End end) {
        RelayOpening opening = opening(end.flow(), Optional.empty())
                .setResumed(true)
                .setReceived(end.receivedBytes())
                .setGone(end.why())
                .build();
        try {
            Channel channel = channels.open(end.flow().peer(), Slice.of(opening.toByteArray()));
            channel.finish();
            channel.listen(new Telling(end.flow().id()));
            return true;
        } catch (StreamException e) {
            LOG.atDebug().addKeyValue("flow", end.flow()).log("its end is told later: {}", e.getMessage());
            return false;
        }
    }

    /** Waits for the far gateway's answer to an end, which says no more than that it was heard. */
    private final class Telling implements ChannelListener {

        private final FlowId id;

        private Telling(FlowId id) {
            this.id = id;
        }

        @Override
        public void came(Channel.Received message) {
            message.consumed();
        }

        @Override
        public void finished() {
            untold.told(id);
        }

        @Override
        public void ended(StreamException why) {
            if (why instanceof ChannelResetException reset && reset.code() == ResetCode.FAILED) {
                untold.told(id); // there, it is not known any more
            } else {
                untold.lost(id);
            }
        }

        @Override
        public void room() {
            // nothing waits for it
        }
    }

    @Override
    public void held(Flow flow) {
        holding.held(flow);
        LOG.atDebug().addKeyValue("flow", flow.label()).log("is held: the stream was lost");
        resume(flow); // a new stream may be there already
    }

    @Override
    public void over(Flow flow, String why) {
        holding.remove(flow);
        if (why.isEmpty()) {
            LOG.atDebug().addKeyValue("flow", flow.label()).log("a relayed connection has ended");
        } else {
            FlowLabel label = flow.label();
            figures.failed(
                    Figures.Trouble.RESET,
                    label.appliance(),
                    label.peer(),
                    "connection " + label + " is reset: " + why);
        }
        long received = flow.counts().fromPeerBytes() + 1;
        untold.add(new Untold.End(flow.label(), why, received), ticker.getAsLong());
    }

    @Override
    public void settled(Flow flow) {
        untold.told(flow.label().id());
    }

    /** Ends all those of an appliance, such as one that is no longer in the site file. */
    void end(String appliance, String why) {
        List<Flow> its = holding.all().stream()
                .filter(flow -> flow.label().appliance().equals(appliance))
                .toList();
        its.forEach(flow -> flow.abort(why));
    }

    /** Ends all. */
    void end(String why) {
        holding.all().forEach(flow -> flow.abort(why));
    }
}
