package io.culvert.dedupe.bench;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.PoolSettings;
import io.culvert.dedupe.segment.Segment;
import io.culvert.dedupe.segment.SegmentEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
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
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Lookups per second in a pool of a million chunks, in batches of 1,024: all present, and all absent. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@SuppressWarnings("NullAway.Init")
public class PoolLookupBench {

    private static final int CHUNKS = 1 << 20;
    private static final int BATCH = 1024;

    private final SplittableRandom random = new SplittableRandom(2);
    private final Fingerprint[] present = new Fingerprint[CHUNKS];
    private Path directory;
    private Pool pool;
    private List<ChunkRef> found;
    private List<ChunkRef> absent;

    @Setup
    public void fill() throws IOException {
        directory = Files.createTempDirectory(Path.of("target"), "bench");
        pool = Pool.open(PoolSettings.of("bench", directory.toAbsolutePath(), 0), InstantSource.system());
        Fingerprinter fingerprinter = Fingerprinter.fastest();
        try (SegmentEncoder encoder = new SegmentEncoder()) {
            for (int i = 0; i < CHUNKS; i++) {
                byte[] chunk = ByteBuffer.allocate(8).putLong(random.nextLong()).array();
                present[i] = fingerprinter.of(chunk, 0, chunk.length);
                encoder.add(Slice.of(chunk));
                if ((i + 1) % Segment.MAX_CHUNKS == 0) {
                    pool.append(encoder.finishVerified(fingerprinter), "bench");
                }
            }
        }
    }

    @Setup(Level.Iteration)
    public void choose() {
        found = new ArrayList<>();
        absent = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            found.add(new ChunkRef(present[random.nextInt(CHUNKS)], 8));
            absent.add(new ChunkRef(
                    new Fingerprint(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()), 8));
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public BitSet presentChunks() throws IOException {
        return pool.missing(found);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public BitSet absentChunks() throws IOException {
        return pool.missing(absent);
    }

    @TearDown
    public void close() throws IOException {
        pool.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
