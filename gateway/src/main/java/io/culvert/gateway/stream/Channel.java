package io.culvert.gateway.stream;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.ResetCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * One flow of messages to and from a peer, with its own credit: when it stalls, others do not.
 *
 * <p>Thread-safe; calls block, and are meant for virtual threads. Messages of a class arrive in the order of the calls
 * that sent them; urgent ones may pass others. Nothing survives the stream: when it is lost, every call fails with
 * {@link StreamLostException} after the messages that had arrived were received.
 */
public interface Channel extends AutoCloseable {

    String peer();

    /** Whether it comes through another gateway of this site, which has the stream to the peer: it is not passed on once more. */
    default boolean isPassedOn() {
        return false;
    }

    ChannelKind kind();

    /** The id inside the stream, for logs. */
    long id();

    /**
     * Sends a message; blocks for credit and for the wire. When it returns, the bytes are with the transport and the
     * array may be used again; it does not mean that the peer has them. An interrupt resets the channel, because a part
     * of the message may be out.
     *
     * @throws IllegalArgumentException if it is longer than {@link ChannelKind#maxMessageBytes}
     */
    void send(Slice message) throws StreamException, InterruptedException;

    /** The same for a message whose bytes lie in two places, so that a large payload need not be copied behind its header. */
    void send(Slice head, Slice body) throws StreamException, InterruptedException;

    /**
     * Sends a message of at most 16 KiB that passes all bulk messages of the stream, throttled or not. It has credit of
     * its own.
     */
    void sendUrgent(Slice message) throws StreamException, InterruptedException;

    /**
     * The next message, urgent ones first; blocks. Empty at the peer's finish. The array is the caller's, who may
     * {@link #recycle} it.
     */
    Optional<Slice> receive() throws StreamException, InterruptedException;

    /**
     * The next message as {@link #receive}, whose credit stays away from the peer until it is consumed: so the window bounds
     * what was sent and is not dealt with, wherever it waits.
     */
    Optional<Received> take() throws StreamException, InterruptedException;

    /** The same, for at most this long. */
    Optional<Slice> receive(Duration timeout) throws StreamException, InterruptedException, TimeoutException;

    /** A message that was taken. */
    interface Received {

        /** Its bytes. The array is the caller's, who may {@link Channel#recycle} it. */
        Slice bytes();

        /** Gives its credit back to the peer; once. */
        void consumed();
    }

    /**
     * Hands what comes to a listener from now on, what has come already first, instead of keeping it for {@link #receive}; once. What the
     * listener is told is never told to those who wait here.
     */
    void listen(ChannelListener listener);

    /**
     * Whether {@link #offer} would take a message of this class now; if not, {@link ChannelListener#room} tells when it may. Bulk has no
     * room while an urgent message waits for credit, so that none passes it.
     */
    boolean hasRoom(boolean urgent);

    /**
     * Queues a message without waiting; {@link #flush} then lets it go. Its bytes are borrowed until the peer can be known to have it, or
     * the channel ended; in a channel that has ended it is dropped. Only after {@link #hasRoom} said so.
     *
     * @throws IllegalArgumentException if it is longer than {@link ChannelKind#maxMessageBytes}
     */
    void offer(Slice message, boolean urgent);

    /** Writes what may go now; called without locks that a {@link ChannelListener} takes. */
    void flush();

    /** Gives the array of a received message back to the stream's pool. Optional, and only once; it saves garbage. */
    void recycle(Slice message);

    /** Ends the own direction behind what was sent; the peer's {@code receive} then returns empty. */
    void finish();

    /** Ends both directions at once, with the reason that the peer's calls then fail with. */
    void reset(ResetCode code, String reason);

    /** What waits to be handed to the transport. */
    long unsentBytes();

    /** Ends what is still open; quiet when both directions were finished. Idempotent. */
    @Override
    void close();
}
