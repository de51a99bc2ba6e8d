package io.culvert.dedupe.bench;

import io.culvert.dedupe.chunk.ChunkSizes;
import io.culvert.dedupe.chunk.Chunker;
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
import org.openjdk.jmh.annotations.Warmup;

/** Microseconds to cut 16 MiB; the fork without the module measures the scalar chunker. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init")
public class ChunkerBench {

    private static final int LENGTH_BYTES = 16 << 20;

    @Param({"classes", "noise", "zeros"})
    public String content;

    private Chunker chunker;
    private byte[] data;

    @Setup
    public void prepare() {
        chunker = Chunker.of(ChunkSizes.TREE);
        data = switch (content) {
            case "classes" -> BenchData.classes(LENGTH_BYTES);
            case "noise" -> BenchData.noise(LENGTH_BYTES);
            default -> new byte[LENGTH_BYTES];
        };
    }

    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
    public int vector() {
        return cutAll();
    }

    @Benchmark
    @Fork(value = 1, jvmArgs = "-Xmx512m")
    public int scalar() {
        return cutAll();
    }

    private int cutAll() {
        int chunks = 0;
        for (int from = 0; from < data.length; from = chunker.cut(data, from, data.length)) {
            chunks++;
        }
        return chunks;
    }
}
