package io.culvert.gateway.relay;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;
import java.nio.charset.StandardCharsets;

/**
 * A message of a relayed connection.
 *
 * <pre>
 * message := 0            the far end is connected
 *          | 1 bytes      data
 *          | 2            no more data: the connection is half closed
 *          | 3 UTF-8      the connection is gone, and why
 * </pre>
 */
sealed interface FlowMessage {

    /** The appliance took the connection. */
    record Connected() implements FlowMessage {}

    /** Bytes of the connection; they share the array of the message. */
    record Data(Slice bytes) implements FlowMessage {}

    /** The sender's side of the connection was closed in order. */
    record HalfClosed() implements FlowMessage {}

    /** The connection was reset, refused or could not be made. */
    record Gone(String why) implements FlowMessage {}

    /** What the head byte of data takes of a message. */
    int HEAD_BYTES = 1;

    /** The longest reason that is sent and believed. */
    int MAX_REASON_BYTES = 512;

    int CONNECTED = 0;
    int DATA = 1;
    int HALF_CLOSED = 2;
    int GONE = 3;

    Slice DATA_HEAD = Slice.of(new byte[] {DATA});

    /**
     * Reads a message.
     *
     * @throws IllegalArgumentException if it is none
     */
    static FlowMessage read(Slice message) {
        if (message.isEmpty()) {
            throw new IllegalArgumentException("an empty message");
        }
        Slice rest = message.slice(HEAD_BYTES, message.length() - HEAD_BYTES);
        int kind = message.array()[message.offset()];
        return switch (kind) {
            case CONNECTED -> new Connected();
            case DATA -> new Data(rest);
            case HALF_CLOSED -> new HalfClosed();
            case GONE ->
                new Gone(new String(
                        rest.array(),
                        rest.offset(),
                        Math.min(rest.length(), MAX_REASON_BYTES),
                        StandardCharsets.UTF_8));
            default -> throw new IllegalArgumentException("a message of kind " + kind);
        };
    }

    /** Sends one that is not data. */
    static void send(Channel channel, FlowMessage message) throws StreamException, InterruptedException {
        switch (message) {
            case Connected connected -> channel.send(Slice.of(new byte[] {CONNECTED}));
            case Data data -> channel.send(DATA_HEAD, data.bytes());
            case HalfClosed end -> channel.send(Slice.of(new byte[] {HALF_CLOSED}));
            case Gone gone -> {
                byte[] why = gone.why().getBytes(StandardCharsets.UTF_8);
                channel.send(Slice.of(new byte[] {GONE}), new Slice(why, 0, Math.min(why.length, MAX_REASON_BYTES)));
            }
        }
    }
}
