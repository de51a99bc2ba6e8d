package io.culvert.gateway;

import io.culvert.dedupe.chunk.ChunkSizes;
import io.culvert.dedupe.chunk.Chunker;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.PoolSettings;
import io.culvert.dedupe.segment.SegmentEncoder;
import io.culvert.dedupe.segment.SegmentVerifier;
import io.culvert.dedupe.segment.VerifiedSegment;
import io.culvert.gateway.cli.LocalWork.BenchFigure;
import io.culvert.gateway.cli.LocalWork.BenchListener;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Measures the parts that every byte goes through on this machine, each on one core: for comparing machines, not
 * versions (JMH does that; see gateway/docs/benchmarks.md).
 */
final class MachineBench {

    private static final int DATA_BYTES = 16 << 20;
    private static final long WARM_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long MEASURE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final BenchListener listener;
    private final byte[] noise = new byte[DATA_BYTES];
    private final byte[] text = new byte[DATA_BYTES];

    MachineBench(BenchListener listener) {
        this.listener = listener;
        Random random = new Random(1);
        random.nextBytes(noise);
        for (int i = 0; i < text.length; i++) {
            text[i] = i < 1 << 20
                    ? (byte) ("{\"name\": , 0123456789abcdef\n".charAt(random.nextInt(28)))
                    : text[i - random.nextInt(64, 1 << 15)];
        }
    }

    /** One pass over {@link #DATA_BYTES}. */
    private interface Pass {
        void run() throws IOException;
    }

    void run() throws IOException {
        Fingerprinter fingerprinter = Fingerprinter.fastest();
        measure("chunker, 16 KiB on average", () -> cutAll(noise));
        measure("fingerprint, 64 KiB chunks", () -> {
            for (int at = 0; at < DATA_BYTES; at += 64 << 10) {
                fingerprinter.of(noise, at, 64 << 10);
            }
        });
        try (SegmentEncoder encoder = new SegmentEncoder();
                SegmentVerifier verifier = new SegmentVerifier()) {
            measure("pack segments (zstd), text", () -> packAll(encoder, text));
            measure("pack segments (zstd), noise", () -> packAll(encoder, noise));
            measure("unpack and verify, text", () -> unpackAll(encoder, verifier, fingerprinter));
        }
        append(fingerprinter);
    }

    private void measure(String name, Pass pass) throws IOException {
        repeat(pass, WARM_NANOS);
        long start = System.nanoTime();
        long passes = repeat(pass, MEASURE_NANOS);
        double seconds = (System.nanoTime() - start) / 1e9;
        long bytes = passes * DATA_BYTES;
        listener.measured(new BenchFigure(name, bytes / seconds, bytes, seconds));
    }

    private static long repeat(Pass pass, long nanos) throws IOException {
        long start = System.nanoTime();
        long passes = 0;
        while (System.nanoTime() - start < nanos) {
            pass.run();
            passes++;
        }
        return passes;
    }

    private static void cutAll(byte[] data) {
        Chunker chunker = Chunker.of(ChunkSizes.TREE);
        for (int at = 0; at < data.length; ) {
            at = chunker.cut(data, at, data.length);
        }
    }

    private static void packAll(SegmentEncoder encoder, byte[] data) {
        for (int at = 0; at < data.length; at += 64 << 10) {
            if (!encoder.add(new Slice(data, at, 64 << 10))) {
                encoder.finishTransient();
                encoder.add(new Slice(data, at, 64 << 10));
            }
        }
        encoder.finishTransient();
    }

    private void unpackAll(SegmentEncoder encoder, SegmentVerifier verifier, Fingerprinter fingerprinter)
            throws IOException {
        int perSegment = 1 << 20;
        for (int at = 0; at < perSegment; at += 64 << 10) {
            encoder.add(new Slice(text, at, 64 << 10));
        }
        VerifiedSegment packed = encoder.finishVerified(fingerprinter);
        var names = packed.chunks().stream().map(chunk -> chunk.fingerprint()).toList();
        for (int i = 0; i < DATA_BYTES / perSegment; i++) {
            verifier.verify(packed.segment(), names);
        }
    }

    /** Appends fresh noise to a pool in a temporary directory, forced every 16 MiB. */
    private void append(Fingerprinter fingerprinter) throws IOException {
        Path directory = Files.createTempDirectory("culvert-bench");
        try (Pool pool = Pool.open(PoolSettings.of("bench", directory.resolve("pool"), 0), InstantSource.system());
                SegmentEncoder encoder = new SegmentEncoder()) {
            Random random = new Random(2);
            int passes = 16;
            long start = System.nanoTime();
            for (int pass = 0; pass < passes; pass++) {
                for (int at = 0; at < DATA_BYTES; at += 64 << 10) {
                    noise[at] = (byte) random.nextInt();
                    noise[at + 1] = (byte) random.nextInt();
                    noise[at + 2] = (byte) pass;
                    if (!encoder.add(new Slice(noise, at, 64 << 10))) {
                        pool.append(encoder.finishVerified(fingerprinter), "bench");
                        encoder.add(new Slice(noise, at, 64 << 10));
                    }
                }
                pool.append(encoder.finishVerified(fingerprinter), "bench");
                pool.force();
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            long bytes = (long) passes * DATA_BYTES;
            listener.measured(new BenchFigure("pool append and force, noise", bytes / seconds, bytes, seconds));
        } finally {
            delete(directory);
        }
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path visited, java.io.@org.jspecify.annotations.Nullable IOException e) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
