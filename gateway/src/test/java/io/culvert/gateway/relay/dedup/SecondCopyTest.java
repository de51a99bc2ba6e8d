package io.culvert.gateway.relay.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecondCopyTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    @Test
    void quick() throws IOException {
        byte[] data = new byte[16 << 20];
        new Random(1).nextBytes(data);
        for (int write : new int[] {1 << 10, 4 << 10, 8 << 10, 64 << 10, 1 << 20}) {
            try (SentHistory sent = SentHistory.open(directory.resolve("s"), 256 << 20);
                    ReceivedHistory received = ReceivedHistory.open(directory.resolve("r"), 256 << 20, new Random(2))) {
                sent.receiver(received.instance(), received.sizeBytes());
                byte[] stream = new Nfs().copy3(data, write, 1);
                FlowPacker packer = sent.packer(true, Mode.ON);
                FlowUnpacker unpacker = received.unpacker();
                for (int copy = 0; copy < 2; copy++) {
                    long before = packer.stats().packedBytes();
                    int message = write + 4096 > 256 << 10 ? 256 << 10 : stream.length * write / data.length;
                    for (int at = 0; at < stream.length; at += 256 << 10) {
                        Slice s = new Slice(stream, at, Math.min(256 << 10, stream.length - at));
                        Optional<Slice> p = packer.pack(at + (long) copy * stream.length, s);
                        if (p.isPresent()) {
                            assertThat(unpacker.unpack(p.get())).isEqualTo(s);
                        }
                        packer.acknowledged(at + (long) copy * stream.length + s.length());
                    }
                    System.out.println(write + " copy " + copy + ": "
                            + 100.0 * (packer.stats().packedBytes() - before) / stream.length + " % " + packer.stats() + " " + sent.status());
                }
            }
        }
    }
}
