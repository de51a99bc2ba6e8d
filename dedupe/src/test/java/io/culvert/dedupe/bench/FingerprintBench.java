package io.culvert.dedupe.bench;

import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.digests.Blake3Digest;
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

/** Microseconds to hash 1 MiB of chunks: one by one, as a list, without SIMD, and by Bouncy Castle. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init")
public class FingerprintBench {

    private static final int LENGTH_BYTES = 1 << 20;

    @Param({"1024", "3000", "16384", "65536"})
    public int chunkBytes;

    private final byte[] data = BenchData.noise(LENGTH_BYTES);
    private final List<Slice> chunks = new ArrayList<>();
    private final Blake3Digest bouncyCastle = new Blake3Digest(256);
    private final byte[] digest = new byte[Fingerprint.LENGTH_BYTES];
    private Fingerprint[] fingerprints;
    private Fingerprinter fingerprinter;

    @Setup
    public void prepare() {
        fingerprinter = Fingerprinter.fastest();
        for (int at = 0; at < LENGTH_BYTES; at += chunkBytes) {
            chunks.add(new Slice(data, at, Math.min(chunkBytes, LENGTH_BYTES - at)));
        }
        fingerprints = new Fingerprint[chunks.size()];
    }

    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
    public Fingerprint[] vectorList() {
        fingerprinter.of(chunks, fingerprints);
        return fingerprints;
    }

    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
    public Fingerprint[] vectorOneByOne() {
        return oneByOne();
    }

    @Benchmark
    @Fork(value = 1, jvmArgs = "-Xmx512m")
    public Fingerprint[] scalar() {
        return oneByOne();
    }

    @Benchmark
    @Fork(1)
    public byte[] bouncyCastle() {
        for (Slice chunk : chunks) {
            bouncyCastle.update(chunk.array(), chunk.offset(), chunk.length());
            bouncyCastle.doFinal(digest, 0);
        }
        return digest;
    }

    private Fingerprint[] oneByOne() {
        for (int i = 0; i < fingerprints.length; i++) {
            Slice chunk = chunks.get(i);
            fingerprints[i] = fingerprinter.of(chunk.array(), chunk.offset(), chunk.length());
        }
        return fingerprints;
    }
}
