package io.culvert.dedupe.bench;

import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.PoolSettings;
import io.culvert.dedupe.segment.SegmentEncoder;
import io.culvert.dedupe.segment.VerifiedSegment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Milliseconds to append 256 MiB of noise in segments of 1 MiB to a new pool, forced every so often. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@SuppressWarnings("NullAway.Init")
public class PoolAppendBench {

    private static final int SEGMENTS = 256;
    private static final int CHUNK_BYTES = 16 << 10;

    @Param({"1", "16", "256"})
    public int forceEveryMebibytes;

    private final List<VerifiedSegment> segments = new ArrayList<>();
    private Path directory;
    private Pool pool;

    @Setup
    public void prepare() {
        SplittableRandom random = new SplittableRandom(1);
        Fingerprinter fingerprinter = Fingerprinter.fastest();
        for (int i = 0; i < SEGMENTS; i++) {
            byte[] data = new byte[1 << 20];
            random.nextBytes(data);
            SegmentEncoder encoder = new SegmentEncoder();
            for (int at = 0; at < data.length; at += CHUNK_BYTES) {
                encoder.add(new Slice(data, at, CHUNK_BYTES));
            }
            segments.add(encoder.finishVerified(fingerprinter));
        }
    }

    @Setup(Level.Iteration)
    public void open() throws IOException {
        directory = Files.createTempDirectory(Path.of("target"), "bench");
        pool = Pool.open(PoolSettings.of("bench", directory.toAbsolutePath(), 0), InstantSource.system());
    }

    @Benchmark
    public Pool append() throws IOException {
        for (int i = 0; i < SEGMENTS; i++) {
            pool.append(segments.get(i), "bench");
            if ((i + 1) % forceEveryMebibytes == 0) {
                pool.force();
            }
        }
        return pool;
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
        pool.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
