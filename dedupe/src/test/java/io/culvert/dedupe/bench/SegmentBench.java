package io.culvert.dedupe.bench;

import io.culvert.dedupe.chunk.ChunkSizes;
import io.culvert.dedupe.chunk.Chunker;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprint;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.segment.Segment;
import io.culvert.dedupe.segment.SegmentEncoder;
import io.culvert.dedupe.segment.SegmentVerifier;
import io.culvert.dedupe.segment.VerifiedSegment;
import java.util.ArrayList;
import java.util.List;
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

/** Microseconds to pack a segment of 1 MiB, and to unpack it and hash every chunk. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@SuppressWarnings("NullAway.Init")
public class SegmentBench {

    @Param({"classes", "noise"})
    public String content;

    @Param({"1", "2", "3"})
    public int level;

    private final SegmentVerifier verifier = new SegmentVerifier();
    private final List<Slice> chunks = new ArrayList<>();
    private final List<Fingerprint> fingerprints = new ArrayList<>();
    private SegmentEncoder encoder;
    private Segment segment;

    @Setup
    public void prepare() {
        encoder = new SegmentEncoder(level);
        int length = Segment.TARGET_RAW_BYTES;
        byte[] data = content.equals("noise") ? BenchData.noise(length) : BenchData.classes(length);
        Chunker chunker = Chunker.of(ChunkSizes.TREE);
        Fingerprinter fingerprinter = Fingerprinter.fastest();
        int from = 0;
        while (from < length) {
            int end = chunker.cut(data, from, length);
            chunks.add(new Slice(data, from, end - from));
            fingerprints.add(fingerprinter.of(data, from, end - from));
            from = end;
        }
        chunks.forEach(encoder::add);
        segment = encoder.finish();
    }

    @Benchmark
    public Segment encode() {
        for (Slice chunk : chunks) {
            encoder.add(chunk);
        }
        return encoder.finishTransient();
    }

    @Benchmark
    public VerifiedSegment verify() throws CorruptChunkException {
        return verifier.verify(segment, fingerprints);
    }

    @TearDown
    public void close() {
        encoder.close();
        verifier.close();
    }
}
