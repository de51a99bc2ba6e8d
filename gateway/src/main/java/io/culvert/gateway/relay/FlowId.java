package io.culvert.gateway.relay;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What names a relayed connection between two sites, drawn at random by the one whose client connected. */
record FlowId(long high, long low) {

    private static final int BYTES = 2 * Long.BYTES;

    static FlowId draw(RandomGenerator random) {
        return new FlowId(random.nextLong(), random.nextLong());
    }

    /** Nothing if the bytes are no id. */
    static Optional<FlowId> read(ByteString bytes) {
        if (bytes.size() != BYTES) {
            return Optional.empty();
        }
        ByteBuffer in = bytes.asReadOnlyByteBuffer();
        return Optional.of(new FlowId(in.getLong(), in.getLong()));
    }

    ByteString bytes() {
        return ByteString.copyFrom(
                ByteBuffer.allocate(BYTES).putLong(high).putLong(low).flip());
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
