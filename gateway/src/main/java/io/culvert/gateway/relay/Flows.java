package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.FlowSocket;
import io.culvert.gateway.stream.Sockets;
import io.culvert.gateway.stream.StreamException;
import io.culvert.gateway.stream.StreamListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The relayed connections of a gateway: those of clients here ({@link NearFlows}) and those to appliances here ({@link RelayServer}).
 * Each survives the loss of its stream for as long as {@code relay.hold}. Thread-safe.
 */
public final class Flows implements StreamListener, AutoCloseable {

    /** Channels of all peers that are served at a time. */
    public static final int SERVED = 8_192;

    /** Those of one peer: of two streams, because while the channels of a lost one end, those of the next are there. */
    public static final int SERVED_OF_PEER = RelayServer.MAX_OF_PEER;

    private static final int BACKLOG = 512;

    private final Sockets sockets;
    private final Holding nearHolding;
    private final Holding farHolding;
    private final Dedups dedups;
    private final NearFlows near;
    private final RelayServer far;
    private final RetainedBudget budget = new RetainedBudget(RetainedBudget.BYTES);
    private final Figures figures;
    private final Thread looker;

    /**
     * What they are made with.
     *
     * @param dedup which connections are deduplicated, asked for each
     * @param scratch a folder for what dedup remembers; what is in it is overwritten
     * @param hold how long a connection is held without a stream, asked each time
     * @param ticker nanoseconds
     * @param random for the names of connections
     */
    public record Surroundings(
            Sockets sockets,
            Channels channels,
            Offers offers,
            DedupPolicy dedup,
            Path scratch,
            Supplier<Duration> hold,
            InstantSource clock,
            LongSupplier ticker,
            RandomGenerator random) {}

    public Flows(Surroundings around) {
        this(around, Targets.CONNECT_LIMIT);
    }

    /** @param connectLimit how long an appliance here may take to answer */
    Flows(Surroundings around, Duration connectLimit) {
        sockets = around.sockets();
        figures = new Figures(around.clock(), around.ticker());
        nearHolding = new Holding(around.hold(), around.clock(), around.ticker(), figures);
        farHolding = new Holding(around.hold(), around.clock(), around.ticker(), figures);
        dedups = new Dedups(new Histories(around.scratch(), Histories.BYTES, around.random()), around.dedup());
        near = new NearFlows(around, dedups, nearHolding, budget, figures);
        far = new RelayServer(around, new Targets(sockets, connectLimit), dedups, farHolding, budget, figures);
        looker = Thread.ofVirtual().name("relay-holding").start(this::look);
    }

    private void look() {
        try {
            while (true) {
                Thread.sleep(Holding.EACH);
                nearHolding.look();
                farHolding.look();
                near.look();
                figures.look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Serves a channel of kind RELAY that a peer opened, to its end. */
    public void serve(Channel channel, Slice openPayload) throws StreamException, InterruptedException {
        far.serve(channel, openPayload);
    }

    /** The stream to a peer is there: what was held goes on. */
    @Override
    public void up(String peer) {
        near.resume(peer);
    }

    @Override
    public void down(String peer, String why) {
        // the channels say so to what they carried, which is held then
    }

    /** A peer is trusted no more: its connections, both ways, end. */
    public void revoked(String peer) {
        Stream.concat(nearHolding.all().stream(), farHolding.all().stream())
                .filter(flow -> flow.label().peer().equals(peer))
                .forEach(flow -> flow.abort("peer " + peer + " was revoked"));
    }

    /** The grants may have changed: ends connections to what is no longer offered. */
    public void recheck() {
        far.recheck();
    }

    /** All of them, by appliance, port and client. */
    public List<FlowView> views() {
        return Stream.concat(nearHolding.views().stream(), farHolding.views().stream())
                .sorted(Comparator.comparing(FlowView::appliance)
                        .thenComparing(FlowView::port)
                        .thenComparing(FlowView::client))
                .toList();
    }

    /** What was relayed so far, and what went wrong. */
    public Figures figures() {
        return figures;
    }

    // ---- what a virtual address calls

    /**
     * Listens on a port of a virtual address.
     *
     * @throws IOException if the port cannot be had
     */
    Sockets.Listening listen(InetSocketAddress at, String peer, Consumer<FlowSocket> accepted) throws IOException {
        return sockets.listen(at, BACKLOG, peer, accepted);
    }

    /** Relays a connection that was accepted there. */
    void relay(String peer, String appliance, int port, FlowSocket socket) {
        near.accept(peer, appliance, port, socket);
    }

    /** Ends the connections of clients here to an appliance. */
    void end(String appliance, String why) {
        near.end(appliance, why);
    }

    /** What all of them keep until their far ends have it. */
    long keptBytes() {
        return budget.keptBytes();
    }

    /** Resets all of them, for this reason. */
    public void end(String why) {
        near.end(why);
        far.end(why);
    }

    @Override
    public void close() {
        looker.interrupt();
        end("the gateway stops");
        dedups.close();
    }
}
