package io.culvert.gateway.bench;

import io.culvert.dedupe.chunk.ChunkSizes;
import io.culvert.dedupe.chunk.Chunker;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.PoolSettings;
import io.culvert.dedupe.segment.Segment;
import io.culvert.dedupe.segment.SegmentEncoder;
import io.culvert.dedupe.segment.SegmentVerifier;
import io.culvert.dedupe.segment.VerifiedSegment;
import io.culvert.gateway.cli.LocalWork.BenchFigure;
import io.culvert.gateway.cli.LocalWork.BenchListener;
import io.culvert.gateway.identity.TlsContexts;
import io.culvert.gateway.stream.PeerSecurity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Runs the stages that each byte of a replication goes through, one after the other on one core, over the same seeded
 * data: half of it as random as encrypted files, half as repetitive as text. Then the stream between two sites.
 */
public final class MicroBench {
    private static final int DATA_BYTES = 64 << 20;
    private static final long SEED = 20_261_121;
    private static final double WARM_SECONDS = 0.7;
    private static final double MEASURED_SECONDS = 1.5;
    private static final Duration STREAM_WARM = Duration.ofSeconds(2);
    private static final Duration STREAM_MEASURED = Duration.ofSeconds(2);

    private MicroBench() {}

    /** One pass over all data. */
    private interface Pass {
        void run() throws IOException;
    }

    /**
     * Measures everything in some fifteen seconds; the pool and the two sites are made in the temporary directory and
     * removed.
     *
     * @param security what a stream asks about peers, made of a site's TLS
     */
    public static void run(BenchListener listener, Function<TlsContexts, PeerSecurity> security)
            throws IOException, InterruptedException {
        measureParts(listener);
        Path directory = temporaryDirectory();
        try (BenchSites sites = BenchSites.open(directory, security)) {
            new StreamStage(sites, STREAM_WARM, STREAM_MEASURED).run(listener);
        } finally {
            remove(directory);
        }
    }

    private static void measureParts(BenchListener listener) throws IOException, InterruptedException {
        byte[] data = data();
        Chunker chunker = Chunker.of(ChunkSizes.TREE);
        List<Slice> chunks = cut(chunker, data);
        measure(listener, "chunker", () -> cut(chunker, data));
        Fingerprinter fingerprinter = Fingerprinter.fastest();
        measure(listener, "fingerprint", () -> fingerprints(fingerprinter, chunks));
        try (SegmentEncoder encoder = new SegmentEncoder();
                SegmentVerifier verifier = new SegmentVerifier()) {
            measure(listener, "segment encode", () -> encode(encoder, chunks));
            List<Packed> packed = pack(encoder, fingerprinter, chunks);
            measure(listener, "segment verify", () -> verify(verifier, packed));
            listener.measured(append(verifier, packed));
        }
    }

    private static byte[] data() {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] data = new byte[DATA_BYTES];
        random.nextBytes(data);
        byte[][] words = new byte[1024][];
        for (int i = 0; i < words.length; i++) {
            words[i] = new byte[2 + random.nextInt(12)];
            random.nextBytes(words[i]);
        }
        for (int at = DATA_BYTES / 2; at < DATA_BYTES; ) {
            byte[] word = words[random.nextInt(words.length)];
            int length = Math.min(word.length, DATA_BYTES - at);
            System.arraycopy(word, 0, data, at, length);
            at += length;
        }
        return data;
    }

    private static void measure(BenchListener listener, String name, Pass pass)
            throws IOException, InterruptedException {
        repeat(pass, WARM_SECONDS);
        long startNanos = System.nanoTime();
        long passes = repeat(pass, MEASURED_SECONDS);
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        long bytes = passes * DATA_BYTES;
        listener.measured(new BenchFigure.Rate(name, bytes / seconds, bytes, seconds));
    }

    private static long repeat(Pass pass, double seconds) throws IOException, InterruptedException {
        long startNanos = System.nanoTime();
        long passes = 0;
        do {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            pass.run();
            passes++;
        } while (System.nanoTime() - startNanos < seconds * 1e9);
        return passes;
    }

    private static List<Slice> cut(Chunker chunker, byte[] data) {
        List<Slice> chunks = new ArrayList<>();
        for (int from = 0; from < data.length; ) {
            int end = chunker.cut(data, from, data.length);
            chunks.add(new Slice(data, from, end - from));
            from = end;
        }
        return chunks;
    }

    private static void fingerprints(Fingerprinter fingerprinter, List<Slice> chunks) {
        fingerprinter.of(chunks, new Fingerprint[chunks.size()]);
    }

    private static void encode(SegmentEncoder encoder, List<Slice> chunks) {
        for (Slice chunk : chunks) {
            if (!encoder.add(chunk)) {
                encoder.finishTransient();
                encoder.add(chunk);
            }
        }
        encoder.finishTransient();
    }

    /** A segment on its way, and what it must hold. */
    private record Packed(Segment segment, List<Fingerprint> expected) {}

    private static List<Packed> pack(SegmentEncoder encoder, Fingerprinter fingerprinter, List<Slice> chunks) {
        List<Packed> packed = new ArrayList<>();
        List<Fingerprint> expected = new ArrayList<>();
        for (Slice chunk : chunks) {
            if (!encoder.add(chunk)) {
                packed.add(new Packed(encoder.finish(), List.copyOf(expected)));
                expected.clear();
                encoder.add(chunk);
            }
            expected.add(fingerprinter.of(chunk.array(), chunk.offset(), chunk.length()));
        }
        packed.add(new Packed(encoder.finish(), List.copyOf(expected)));
        return packed;
    }

    private static void verify(SegmentVerifier verifier, List<Packed> segments) throws IOException {
        for (Packed packed : segments) {
            verifier.verify(packed.segment(), packed.expected());
        }
    }

    /** Once, since what is there already is not stored again; with the force that makes it durable, without verifying. */
    private static BenchFigure append(SegmentVerifier verifier, List<Packed> segments) throws IOException {
        Path directory = temporaryDirectory();
        try (Pool pool = Pool.open(PoolSettings.of("bench", directory, 0), InstantSource.system())) {
            long nanos = 0;
            for (Packed packed : segments) {
                VerifiedSegment verified = verifier.verify(packed.segment(), packed.expected());
                long startNanos = System.nanoTime();
                pool.append(verified, "bench");
                nanos += System.nanoTime() - startNanos;
            }
            long startNanos = System.nanoTime();
            pool.force();
            double seconds = (nanos + System.nanoTime() - startNanos) / 1e9;
            return new BenchFigure.Rate("pool append and force", DATA_BYTES / seconds, DATA_BYTES, seconds);
        } finally {
            remove(directory);
        }
    }

    private static Path temporaryDirectory() throws IOException {
        return Files.createTempDirectory("culvert-bench-");
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
