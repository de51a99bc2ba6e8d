package io.culvert.gateway.stream;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.ChannelKind;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Prints what one stream does over the loopback with mutual TLS, both ends in this JVM: Gbit/s, CPU seconds for each
 * GB, garbage for each GB, and how long an urgent message takes under full bulk.
 *
 * <p>Run as a main class; arguments: GB for each round (3), message KiB (256), channels (1).
 */
final class StreamBench {

    private static final double GB = 1e9;

    private StreamBench() {}

    public static void main(String[] args) throws Exception {
        double gigabytes = args.length > 0 ? Double.parseDouble(args[0]) : 3;
        int messageBytes = (args.length > 1 ? Integer.parseInt(args[1]) : 256) << 10;
        int channels = args.length > 2 ? Integer.parseInt(args[2]) : 1;
        try (TwoSites sites = new TwoSites()) {
            sites.startUsual();
            sites.handOver(ChannelKind.REPLICATION);
            sites.handOver(ChannelKind.CONTROL);
            sites.dialFromSeoul();
            if (args.length > 3) {
                sites.seoul().limit("busan", () -> Long.parseLong(args[3]));
            }
            for (int round = 0; round < 4; round++) {
                round(sites, gigabytes, messageBytes, channels);
            }
        }
    }

    private static void round(TwoSites sites, double gigabytes, int messageBytes, int channels) throws Exception {
        long messages = (long) (gigabytes * GB / messageBytes / channels) + 1;
        double cpuBefore = cpuSeconds();
        long garbageBefore = garbageBytes();
        long wireBefore = sites.seoul().status("busan").bytesOut();
        long startedNanos = System.nanoTime();
        CountDownLatch done = new CountDownLatch(channels);
        for (int i = 0; i < channels; i++) {
            TwoSites.Ends ends = sites.open(ChannelKind.REPLICATION);
            Thread.ofVirtual().start(() -> send(ends.near(), messages, messageBytes));
            Thread.ofVirtual().start(() -> {
                drain(ends.far());
                done.countDown();
            });
        }
        long[] urgentNanos = urgent(sites, done);
        double seconds = (System.nanoTime() - startedNanos) / 1e9;
        double cpu = cpuSeconds() - cpuBefore;
        double total = (double) messages * messageBytes * channels / GB;
        long wire = sites.seoul().status("busan").bytesOut() - wireBefore;
        System.out.printf(
                "stream msg=%d KiB channels=%d: %.2f Gbit/s, %.3f CPU-s/GB (both ends), %.1f MB garbage/GB, wire %.4f of"
                        + " payload, wire %.0f B/s, urgent round trip p50 %.2f ms, p99 %.2f ms, max %.2f ms (%d)%n",
                messageBytes >> 10,
                channels,
                total * 8 / seconds,
                cpu / total,
                (garbageBytes() - garbageBefore) / 1e6 / total,
                wire / GB / total,
                wire / seconds,
                urgentNanos[urgentNanos.length / 2] / 1e6,
                urgentNanos[urgentNanos.length * 99 / 100] / 1e6,
                urgentNanos[urgentNanos.length - 1] / 1e6,
                urgentNanos.length);
    }

    /** Urgent round trips every 20 ms until all is done, sorted. */
    private static long[] urgent(TwoSites sites, CountDownLatch done) throws Exception {
        AtomicLong count = new AtomicLong();
        long[] nanos = new long[10_000];
        try (TwoSites.Ends ends = sites.open(ChannelKind.CONTROL)) {
            Slice small = Slice.of(new byte[64]);
            while (!done.await(20, TimeUnit.MILLISECONDS) && count.get() < nanos.length) {
                long before = System.nanoTime();
                ends.near().sendUrgent(small);
                ends.far().receive();
                ends.far().sendUrgent(small);
                ends.near().receive();
                nanos[(int) count.getAndIncrement()] = System.nanoTime() - before;
            }
        }
        done.await();
        long[] taken = Arrays.copyOf(nanos, Math.max(1, (int) count.get()));
        Arrays.sort(taken);
        return taken;
    }

    private static void send(Channel channel, long messages, int messageBytes) {
        byte[] bytes = new byte[messageBytes];
        new SplittableRandom(1).nextBytes(bytes);
        try {
            for (long i = 0; i < messages; i++) {
                channel.send(Slice.of(bytes));
            }
            channel.finish();
        } catch (StreamException | InterruptedException e) {
            throw new IllegalStateException("the bench's stream broke", e);
        }
    }

    private static void drain(Channel channel) {
        try {
            Optional<Slice> message;
            while ((message = channel.receive()).isPresent()) {
                channel.recycle(message.get());
            }
            channel.finish();
        } catch (StreamException | InterruptedException e) {
            throw new IllegalStateException("the bench's stream broke", e);
        }
    }

    private static double cpuSeconds() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                / 1e9;
    }

    private static long garbageBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes();
    }
}
