package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;
import io.culvert.proto.v1.DatagramOpening;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The datagrams between one client and one UDP port of a virtual address: one channel, each message a datagram.
 *
 * <p>Ends when nothing came either way for the idle time, when the channel ends, or when it is closed. One that failed takes what its
 * client sends for another second and drops it, so that a client without a peer does not open a channel for each datagram. Two
 * virtual threads.
 */
final class Association implements AutoCloseable {

    /** Opens the channel. */
    @FunctionalInterface
    interface Opener {
        Channel open(DatagramOpening opening) throws StreamException;
    }

    /**
     * What it is between.
     *
     * @param socket of the virtual address's port; closed by others
     */
    record Ends(String appliance, int port, InetSocketAddress client, DatagramSocket socket) {
        @Override
        public String toString() {
            return client.getAddress().getHostAddress() + ":" + client.getPort() + " to " + appliance + ":" + port
                    + "/udp";
        }
    }

    /** Datagrams that wait for the stream; more are dropped. */
    static final int MAX_WAITING = 32;

    private static final int FIRST_UNPRIVILEGED = 1024;
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(Association.class);

    private final Ends ends;
    private final Opener channels;
    private final Semaphore room;
    private final Duration idle;
    private final LongSupplier ticker;
    private final Consumer<String> failures;
    private final ArrayBlockingQueue<Slice> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Thread thread;
    private volatile long lastNanos;
    private volatile boolean ended;
    private volatile boolean failed;

    /**
     * @param room bytes that may wait, shared by all of a virtual address
     * @param failures told in a sentence if it fails
     */
    Association(
            Ends ends, Opener channels, Semaphore room, Duration idle, LongSupplier ticker, Consumer<String> failures) {
        this.ends = ends;
        this.channels = channels;
        this.room = room;
        this.idle = idle;
        this.ticker = ticker;
        this.failures = failures;
        this.lastNanos = ticker.getAsLong();
        this.thread = Thread.ofVirtual().name("relay-udp " + ends).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** For how long nothing came either way. */
    long quietNanos() {
        return ticker.getAsLong() - lastNanos;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Whether another may take its place. */
    boolean isOver() {
        return ended && (!failed || quietNanos() >= AFTER_FAILURE.toNanos());
    }

    /** Takes a datagram of the client, or drops it. */
    void take(Slice datagram) {
        if (ended) {
            return;
        }
        lastNanos = ticker.getAsLong();
        if (room.tryAcquire(datagram.length()) && !waiting.offer(datagram)) {
            room.release(datagram.length());
        }
    }

    private void run() {
        try (Channel channel = channels.open(DatagramOpening.newBuilder()
                .setAppliance(ends.appliance())
                .setPort(ends.port())
                .setPrivileged(ends.client().getPort() < FIRST_UNPRIVILEGED)
                .setClient(ends.client().getAddress().getHostAddress() + ":"
                        + ends.client().getPort())
                .build())) {
            Thread receiver = Thread.ofVirtual().name("relay-udp-in " + ends).start(() -> receive(channel));
            try {
                send(channel);
                channel.finish();
            } finally {
                channel.close();
                receiver.join();
            }
        } catch (StreamException e) {
            fail(e);
        } catch (InterruptedException e) {
            LOG.atTrace().addKeyValue("flow", ends).log("ends");
        } finally {
            ended = true;
            for (Slice left = waiting.poll(); left != null; left = waiting.poll()) {
                room.release(left.length());
            }
        }
    }

    private void fail(StreamException e) {
        lastNanos = ticker.getAsLong();
        failed = true;
        failures.accept("datagrams of " + ends + " are dropped: " + e.getMessage());
    }

    /** To the peer, until it was quiet for the idle time. */
    private void send(Channel channel) throws StreamException, InterruptedException {
        while (true) {
            Slice datagram = waiting.poll(Math.max(1, idle.toNanos() - quietNanos()), TimeUnit.NANOSECONDS);
            if (datagram != null) {
                room.release(datagram.length());
                channel.send(datagram);
            } else if (quietNanos() >= idle.toNanos()) {
                return;
            }
        }
    }

    /** From the peer, until its end. */
    private void receive(Channel channel) {
        try {
            for (Optional<Slice> next = channel.receive(); next.isPresent(); next = channel.receive()) {
                Slice bytes = next.get();
                lastNanos = ticker.getAsLong();
                try {
                    ends.socket()
                            .send(new DatagramPacket(bytes.array(), bytes.offset(), bytes.length(), ends.client()));
                } catch (IOException e) {
                    LOG.atDebug().addKeyValue("flow", ends).log("a datagram is lost: {}", e.getMessage());
                }
                channel.recycle(bytes);
            }
        } catch (StreamException e) {
            fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt(); // or it would send to nobody until it is idle
    }

    /** Ends it; does not wait. */
    @Override
    public void close() {
        ended = true;
        thread.interrupt();
    }
}
