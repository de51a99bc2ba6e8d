package io.culvert.gateway.stream;

/**
 * Hears what comes in a channel, for those who do not keep a thread waiting. Calls come in order, one at a time, from event loops and
 * others' threads, without any lock of the stream; they must not block.
 */
public interface ChannelListener {

    /** A message; its credit stays away from the peer until it is consumed. */
    void came(Channel.Received message);

    /** The peer will send nothing more. */
    void finished();

    /** The peer reset the channel ({@link ChannelResetException}) or the stream is lost; the last call. Not told of an own reset. */
    void ended(StreamException why);

    /** There may be the room that {@link Channel#hasRoom} did not see. */
    void room();
}
