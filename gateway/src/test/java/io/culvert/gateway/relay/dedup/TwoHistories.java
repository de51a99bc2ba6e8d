package io.culvert.gateway.relay.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.util.Optional;
import java.util.Random;

/** Both halves of a history in memory, and flows whose messages arrive and are acknowledged at once. */
final class TwoHistories implements AutoCloseable {

    final SentHistory sent;
    ReceivedHistory received;
    private final int sizeBytes;
    private final Random random = new Random(4711);

    TwoHistories(int sizeBytes) throws IOException {
        this.sizeBytes = sizeBytes;
        sent = SentHistory.open(MemoryRing::new, sizeBytes);
        received = ReceivedHistory.open(MemoryRing::new, sizeBytes, random);
        sent.receiver(received.instance(), received.sizeBytes());
    }

    /** The receiver loses its history and tells the sender. */
    void renew() throws IOException {
        received.close();
        received = ReceivedHistory.open(MemoryRing::new, sizeBytes, random);
        sent.receiver(received.instance(), received.sizeBytes());
    }

    Link flow(boolean rpc, Mode mode) {
        return new Link(sent.packer(rpc, mode), received.unpacker());
    }

    @Override
    public void close() throws IOException {
        sent.close();
        received.close();
    }

    /** A flow in a channel. */
    static final class Link implements AutoCloseable {
        final FlowPacker packer;
        private final FlowUnpacker unpacker;
        private long offset;

        Link(FlowPacker packer, FlowUnpacker unpacker) {
            this.packer = packer;
            this.unpacker = unpacker;
        }

        /** Packs a message, checks that it arrives as it was, acknowledges it; the bytes that crossed the line. */
        int send(byte[] data, int from, int length) throws IOException {
            Slice plain = new Slice(data, from, length);
            Optional<Slice> packed = packer.pack(offset, plain);
            if (packed.isPresent()) {
                assertThat(unpacker.unpack(packed.get()).equals(plain)).isTrue();
            }
            offset += length;
            packer.acknowledged(offset);
            return packed.orElse(plain).length();
        }

        /** Sends a stream in messages of a size; the bytes that crossed the line. */
        long sendAll(byte[] stream, int messageBytes) throws IOException {
            long crossed = 0;
            for (int at = 0; at < stream.length; at += messageBytes) {
                crossed += send(stream, at, Math.min(messageBytes, stream.length - at));
            }
            return crossed;
        }

        @Override
        public void close() {
            packer.close();
        }
    }
}
