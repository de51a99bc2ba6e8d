package io.culvert.proto.session;

import io.culvert.proto.v1.SenderMessage;
import java.util.BitSet;

/** What the runner of a {@link SenderSession} has to do. */
public sealed interface SenderEffect {

    /** Send the message on the channel. */
    record Send(SenderMessage message) implements SenderEffect {}

    /** The receiver accepted; chunks may be offered. */
    record Accepted() implements SenderEffect {}

    /** The question about {@code count} chunks from {@code first} is answered: those in {@code missing} are wanted. */
    record Resolved(long first, int count, BitSet missing) implements SenderEffect {}

    /** {@code segments} more segments with {@code bytes} of payload are durable at the receiver. */
    record Acknowledged(long segments, long bytes) implements SenderEffect {}

    /** The snapshot is visible at the receiver. */
    record Committed(String snapshotId) implements SenderEffect {}
}
