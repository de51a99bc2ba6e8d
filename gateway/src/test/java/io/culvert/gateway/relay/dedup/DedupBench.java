package io.culvert.gateway.relay.dedup;

import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;

/**
 * MB/s of packing and of unpacking 256 MiB in messages of 256 KiB, one thread each, with histories in files: fresh random bytes,
 * their second copy, text, and bytes that are bypassed; as a stream and as NFS WRITE calls of 64 KiB.
 *
 * <pre>
 *   mvn -q -pl gateway -am test-compile dependency:build-classpath -Dmdep.outputFile=target/test.classpath
 *   java --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
 *       -cp "gateway/target/test-classes:gateway/target/classes:$(cat gateway/target/test.classpath)" \
 *       io.culvert.gateway.relay.dedup.DedupBench [directory]
 * </pre>
 */
public final class DedupBench {

    private static final int DATA_BYTES = 64 << 20;
    private static final int COPIES = 4;
    private static final int MESSAGE_BYTES = 256 << 10;
    private static final long RING_BYTES = 1L << 30;

    private DedupBench() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempDirectory("culvert-dedup");
        for (int round = 0; round < 3; round++) {
            System.out.println("round " + round);
            for (boolean rpc : new boolean[] {false, true}) {
                run(directory, rpc);
            }
        }
    }

    private static void run(Path directory, boolean rpc) throws IOException {
        String form = rpc ? "WRITE3 64 KiB" : "stream";
        try (SentHistory sent = SentHistory.open(directory.resolve("sent"), RING_BYTES);
                ReceivedHistory received =
                        ReceivedHistory.open(directory.resolve("received"), RING_BYTES, new Random(1))) {
            sent.receiver(received.instance(), received.sizeBytes());
            try (FlowPacker packer = sent.packer(rpc, Mode.ON)) {
                FlowUnpacker unpacker = received.unpacker();
                long offset = 0;
                for (int copy = 0; copy < COPIES; copy++) {
                    offset = measure(form + ", fresh", packer, unpacker, content(rpc, copy), offset);
                }
                for (int copy = 0; copy < COPIES; copy++) {
                    offset = measure(form + ", second copy", packer, unpacker, content(rpc, copy), offset);
                }
                byte[] text = content(rpc, COPIES);
                for (int i = 0; i < text.length; i++) {
                    text[i] = rpc ? text[i] : (byte) (text[i] & 0x0F | 0x40);
                }
                measure(rpc ? form + ", fresh" : form + ", compressible", packer, unpacker, text, offset);
            }
            try (FlowPacker packer = sent.packer(false, Mode.AUTO)) {
                FlowUnpacker unpacker = received.unpacker();
                measure(form + ", bypassed after 8 MiB", packer, unpacker, content(false, COPIES + 1), 0);
            }
        }
    }

    private static byte[] content(boolean rpc, int seed) {
        byte[] data = new byte[DATA_BYTES];
        new Random(seed).nextBytes(data);
        return rpc ? new Nfs().copy3(data, 64 << 10, seed << 20) : data;
    }

    private static long measure(String name, FlowPacker packer, FlowUnpacker unpacker, byte[] stream, long start)
            throws IOException {
        long packing = 0;
        long unpacking = 0;
        long crossed = 0;
        long offset = start;
        for (int at = 0; at < stream.length; at += MESSAGE_BYTES) {
            Slice plain = new Slice(stream, at, Math.min(MESSAGE_BYTES, stream.length - at));
            long begin = System.nanoTime();
            Optional<Slice> packed = packer.pack(offset, plain);
            long middle = System.nanoTime();
            if (packed.isPresent()) {
                unpacker.unpack(packed.get());
            }
            unpacking += System.nanoTime() - middle;
            packing += middle - begin;
            crossed += packed.orElse(plain).length();
            offset += plain.length();
            packer.acknowledged(offset);
        }
        System.out.printf(
                "%-40s pack %6.0f MB/s, unpack %6.0f MB/s, %6.2f %% cross%n",
                name,
                stream.length * 1e3 / packing,
                stream.length * 1e3 / Math.max(1, unpacking),
                100.0 * crossed / stream.length);
        return offset;
    }
}
