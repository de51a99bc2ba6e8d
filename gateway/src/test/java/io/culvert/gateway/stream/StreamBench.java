package io.culvert.gateway.stream;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.ChannelKind;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One stream over the loopback with mutual TLS, both ends in this JVM: microseconds to send 16 MiB in one channel, and
 * those of an urgent message there and back, on an idle stream and on one that another channel keeps full.
 */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class StreamBench {

    private static final int LENGTH_BYTES = 16 << 20;
    private static final int URGENT_BYTES = 64;

    /** A channel whose far end is drained. */
    @State(Scope.Benchmark)
    public static class Bulk {

        @Param({"16", "256", "1024"})
        public int messageKibibytes;

        private final TwoSites sites = new TwoSites();
        private TwoSites.Ends ends;
        private Slice message;

        @Setup
        public void connect() throws Exception {
            start(sites, ChannelKind.REPLICATION);
            ends = sites.open(ChannelKind.REPLICATION);
            message = noise(messageKibibytes << 10);
            Thread.ofVirtual().start(() -> drain(ends.far()));
        }

        @TearDown
        public void close() {
            ends.close();
            sites.close();
        }
    }

    /** A channel whose far end answers, beside one that is kept full or not. */
    @State(Scope.Benchmark)
    public static class Urgent {

        @Param({"idle", "bulk"})
        public String stream;

        private final TwoSites sites = new TwoSites();
        private final Slice message = noise(URGENT_BYTES);
        private TwoSites.Ends ends;

        @Setup
        public void connect() throws Exception {
            start(sites, ChannelKind.REPLICATION, ChannelKind.CONTROL);
            ends = sites.open(ChannelKind.CONTROL);
            Thread.ofVirtual().start(() -> echo(ends.far()));
            if (stream.equals("bulk")) {
                TwoSites.Ends bulk = sites.open(ChannelKind.REPLICATION);
                Thread.ofVirtual().start(() -> fill(bulk.near()));
                Thread.ofVirtual().start(() -> drain(bulk.far()));
            }
        }

        @TearDown
        public void close() {
            ends.close();
            sites.close();
        }
    }

    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    public void send(Bulk bulk) throws Exception {
        for (int sent = 0; sent < LENGTH_BYTES; sent += bulk.message.length()) {
            bulk.ends.near().send(bulk.message);
        }
    }

    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    public Optional<Slice> roundTrip(Urgent urgent) throws Exception {
        urgent.ends.near().sendUrgent(urgent.message);
        return urgent.ends.near().receive();
    }

    private static void start(TwoSites sites, ChannelKind... kinds) throws Exception {
        sites.startUsual();
        for (ChannelKind kind : kinds) {
            sites.handOver(kind);
        }
        sites.dialFromSeoul();
    }

    private static Slice noise(int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        new SplittableRandom(1).nextBytes(bytes);
        return Slice.of(bytes);
    }

    // ---- what the other ends do until the stream is closed under them

    private static void fill(Channel channel) {
        Slice message = noise(256 << 10);
        untilClosed(() -> channel.send(message));
    }

    private static void drain(Channel channel) {
        untilClosed(() -> channel.receive().ifPresent(channel::recycle));
    }

    private static void echo(Channel channel) {
        untilClosed(() -> channel.sendUrgent(channel.receive().orElseThrow()));
    }

    private interface Step {
        void run() throws StreamException, InterruptedException;
    }

    private static void untilClosed(Step step) {
        try {
            while (true) {
                step.run();
            }
        } catch (StreamException e) {
            // The benchmark is over; had the stream broken before, the measuring thread would fail with it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
